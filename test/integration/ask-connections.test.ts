import { describe, expect, it } from 'vitest';
import { ask, askJson } from '../support/command/asked-api.ts';
import { COMPLETE, connectionNumber, connectionsWith, ENDPOINT, OVER_A_GAP } from '../support/search/api-answers.ts';
import { startTestApi } from '../support/servers/api-server.ts';

/** What a command line asks of the API. */
async function askedOf(words: string | readonly string[]): Promise<string[]> {
  const { code, said, seen } = await askJson(connectionsWith([]), words);
  expect([code, said]).toEqual([0, '']);
  return seen.map(({ target }) => decodeURIComponent(target));
}

describe('a question', () => {
  it('takes every filter to the API, repeated ones as often as they were given', async () => {
    const id = 'cvpn-connection-0123456789abcdef0';
    const words = `connections --user alice --user bob --username Eve --common-name c.example --ip 10.0.0.1 --ip fd00::1 --endpoint ${ENDPOINT} --status active --connection-id ${id} --match started --limit 7`;
    expect(await askedOf(words)).toEqual([
      `/connections?user=alice&user=bob&username=Eve&commonName=c.example&ip=10.0.0.1&ip=fd00::1&endpoint=${ENDPOINT}&status=active&connectionId=${id}&match=started&limit=7`,
    ]);
  });

  it('takes names to the API as they are', async () => {
    expect(await askedOf(['connections', '--user', "Zoë O'Neil & 100% + (x)*!"])).toEqual([
      "/connections?user=Zoë O'Neil & 100% + (x)*!",
    ]);
  });

  it('has its times in UTC, whatever they were given in', async () => {
    expect(await askedOf('connections --since 2026-11-22T09:00 --until 2026-11-22 --tz Europe/Berlin')).toEqual([
      '/connections?since=2026-11-22T08:00:00Z&until=2026-11-22T22:59:59Z',
    ]);
    expect(await askedOf('connections --since 2h')).toEqual(['/connections?since=2026-11-22T13:30:00Z']);
    expect(await askedOf('connections --at now')).toEqual(['/connections?at=now']);
  });

  it('about who had an address asks for the moment', async () => {
    expect(await askedOf('who --ip 172.31.0.225 --at 2026-11-22T14:03:00Z')).toEqual([
      '/connections?ip=172.31.0.225&at=2026-11-22T14:03:00Z',
    ]);
    expect(await askedOf('who --now')).toEqual(['/connections?at=now']);
  });

  it.each([
    ['connections --ip 300.0.0.1', /--ip was given '300\.0\.0\.1'; expected an IPv4 or IPv6 address/],
    ['connections --ip fe80::1%eth0', /--ip was given/],
    ['connections --endpoint vpn-1', /--endpoint was given 'vpn-1'; expected an id like cvpn-endpoint-/],
    ['connections --status Active', /--status was given 'Active'; expected a status of AWS's: active/],
    ['connections --limit 1001', /--limit was given '1001'; expected a whole number from 1 to 1000/],
    ['connections --match sometimes', /'sometimes' is invalid. Allowed choices are overlap, started, ended/],
    ['connections --output xml', /'xml' is invalid. Allowed choices are table, json, ndjson, csv/],
    ['connections --tz Mars', /--tz was given 'Mars'; expected a time zone like Europe\/Berlin/],
    ['connections --since 2h --until 3h', /--since 2h \(2026-11-22T13:30:00Z\) is later than --until 3h/],
    ['connections --at 2026-11-22', /--at was given '2026-11-22'; expected a moment/],
    ['connections --at now --since 2h', /--since 2h was given beside --at now; expected a moment or a window/],
    ['who', /Neither --at nor --now was given; expected --ip ADDRESS --at TIME, or --now/],
    ['who --ip 10.0.0.1', /Neither --at nor --now was given/],
    ['who --at 2h', /--at 2h was given without --ip/],
    ['who --ip 10.0.0.1 --now --at 2h', /--now was given beside --at 2h; expected one of them/],
    ['connection c --since 2h', /--since 2h was given without --history/],
    ['connection', /missing required argument 'id'/],
    ['accesses --cursor ?', /--cursor was given '\?'; expected the cursor of the answer before/],
    ['coverage --endpoint x', /--endpoint was given 'x'/],
  ])('is not asked where "%s" is wrong usage', async (words, message) => {
    const { code, said, seen } = await askJson({}, words);
    expect(said).toMatch(message);
    expect([code, seen]).toEqual([2, []]);
  });

  it('is told all that is wrong with it at once', async () => {
    const { said } = await ask('http://127.0.0.1:1', 'connections --ip x --since y --limit 0 --tz z');
    expect(said.match(/--(ip|since|limit|tz) was given/g)).toHaveLength(4);
  });
});

describe('an answer', () => {
  const two = [connectionNumber(1), connectionNumber(2)];

  it('is JSON in a pipe, as the API gave it, and a table on a terminal', async () => {
    const answer = connectionsWith(two);
    const piped = await askJson(answer, 'connections');
    expect(JSON.parse(piped.out)).toEqual(answer);
    expect(piped.said).toBe('');
    const shown = await askJson(answer, 'connections', { width: 160 });
    expect(shown.out).toMatch(/\nESTABLISHED \(UTC\) .*\n.* person-1 .*\n.* person-2 .*\n$/);
    expect(shown.said).toMatch(/Searched 2026-11-22T13:00:00Z to 2026-11-22T14:30:00Z, overlap: complete\.$/);
  });

  it('tells apart by the name of the endpoint who had one address at two of them, asked for once and for a table alone', async () => {
    const other = 'cvpn-endpoint-0123456789abcdef1';
    const holders = connectionsWith([connectionNumber(1), connectionNumber(2, { endpointId: other })], {
      coverage: OVER_A_GAP,
    });
    const endpoints = [
      { endpointId: ENDPOINT, state: 'open', name: 'office' },
      { endpointId: other, state: 'open', name: 'branch' },
    ];
    await using api = await startTestApi(({ target }) => ({ json: target === '/endpoints' ? { endpoints } : holders }));
    const who = 'who --ip 172.31.0.225 --at 2026-11-22T14:03:00Z';
    for (const width of [80, 140]) {
      const { out, said } = await ask(api.url, who, { width });
      expect(out).toMatch(/person-1 .*office.*person-2 .*branch/s);
      expect(said).toMatch(/ {2}office from 2026-11-22T13:30:00Z/);
    }
    await ask(api.url, who);
    expect(api.seen.filter(({ target }) => target === '/endpoints')).toHaveLength(2);
  });

  it('keeps what this version does not know, and counters to the digit', async () => {
    const text = JSON.stringify(connectionsWith([connectionNumber(1)])).replace(
      '"ingressBytes":1536',
      '"ingressBytes":18446744073709551615,"newElement":{"a":[1]}',
    );
    await using api = await startTestApi(() => ({ text }));
    expect((await ask(api.url, 'connections --output ndjson')).out).toContain(
      '"ingressBytes":18446744073709551615,"newElement":{"a":[1]}',
    );
  });

  it('has its rows on standard output, and what was searched beside it', async () => {
    for (const format of ['ndjson', 'csv']) {
      const { out, said } = await askJson(connectionsWith(two), `connections --output ${format}`);
      expect(out.trimEnd().split('\n')).toHaveLength(format === 'csv' ? 3 : 2);
      expect(said).toMatch(/^Searched .* complete\.$/);
    }
  });

  it('is shown in the zone that was chosen, named in the header', async () => {
    const { out, said } = await askJson(connectionsWith(two), 'connections --tz Asia/Kolkata', { width: 160 });
    expect(out).toMatch(/\(Asia\/Kolkata\).*\n2026-11-22T18:30:00\+05:30 {2}2026-11-22T19:30:00\+05:30/);
    expect(said).toContain('Searched 2026-11-22T18:30:00+05:30');
    const csv = await askJson(connectionsWith(two), 'connections --tz Asia/Kolkata --output csv');
    expect(csv.out).toContain('established_at_asia_kolkata');
  });

  it('tells how to go on where there is more, with the times that were asked for', async () => {
    const { said } = await askJson(
      connectionsWith(two, { cursor: 'abc' }),
      ['connections', '--user', "o'neil", '--since', '2h', '--cursor', 'xyz'],
      {
        width: 80,
      },
    );
    expect(said).toContain(
      `There are more than these 2 connections. --all for all of them, or go on: cvpn-audit connections --user 'o'\\''neil' --since 2026-11-22T13:30:00Z --cursor abc`,
    );
  });
});

describe('nobody', () => {
  const at = { window: { since: '2026-11-22T14:03:00Z', until: '2026-11-22T14:03:00Z', match: 'overlap' as const } };
  const who = 'who --ip 172.31.0.225 --at 2026-11-22T14:03:00Z';

  it('is nobody where nothing can be missing: exit 0', async () => {
    const { code, out, said } = await askJson(connectionsWith([], at), who, { width: 80 });
    expect([code, out]).toEqual([0, '']);
    expect(said).toBe('Nobody had 172.31.0.225 at 2026-11-22T14:03:00Z.\nSearched at 2026-11-22T14:03:00Z: complete.');
  });

  it('is no one who is known over a gap, which is named with its reason: exit 4', async () => {
    const answer = connectionsWith([], { ...at, coverage: OVER_A_GAP });
    const { code, said } = await askJson(answer, who, { width: 80 });
    expect(code).toBe(4);
    expect(said).toBe(
      [
        'No one is known to have had 172.31.0.225 at 2026-11-22T14:03:00Z, but the answer is not complete.',
        'Searched at 2026-11-22T14:03:00Z: NOT COMPLETE, 1 gap in it:',
        `  ${ENDPOINT} from 2026-11-22T13:30:00Z to 2026-11-22T14:30:00Z (no-run)`,
      ].join('\n'),
    );
    expect((await askJson(answer, who)).code).toBe(4);
  });

  it('is no one who is known where the next snapshot may still tell: exit 4', async () => {
    const coverage = { ...COMPLETE, complete: false, pendingSince: '2026-11-22T14:00:00Z' };
    const { code, said } = await askJson(connectionsWith([], { ...at, coverage }), who, { width: 80 });
    expect(code).toBe(4);
    expect(said).toMatch(
      /^No one is known .*\n.* NOT COMPLETE\.\nWhat happened after 2026-11-22T14:00:00Z is not known yet/,
    );
  });

  it('is no one who is known where a moment is all that is left of the gap', async () => {
    const [gap] = OVER_A_GAP.gaps;
    const moment = { ...gap, start: '2026-11-22T14:03:00Z', end: '2026-11-22T14:03:00Z', reasons: ['no-run'] };
    const coverage = { ...OVER_A_GAP, gaps: [moment, { ...moment, ongoing: true }] };
    const { said } = await askJson(connectionsWith([], { ...at, coverage }), who, { width: 80 });
    expect(said).toContain(`  ${ENDPOINT} at 2026-11-22T14:03:00Z (no-run)\n`);
    expect(said).toContain(`  ${ENDPOINT} from 2026-11-22T14:03:00Z on, so far (no-run)`);
  });

  it('is connected now, as of the newest snapshot', async () => {
    expect((await askJson(connectionsWith([], at), 'who --now', { width: 80 })).said).toMatch(
      /^Nobody is connected now, as of 2026-11-22T15:00:00Z\./,
    );
  });
});
