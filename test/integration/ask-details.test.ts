import { describe, expect, it } from 'vitest';
import type { UsageSample } from '../../lambda/query/schemas/connection.ts';
import { ask, askJson } from '../support/command/asked-api.ts';
import { COMPLETE, connectionNumber, ENDPOINT, OVER_A_GAP } from '../support/search/api-answers.ts';
import { startTestApi, type TestReply } from '../support/servers/api-server.ts';

const ID = connectionNumber(7).connectionId;
const AT = '2026-11-22T13:05:00Z';

const shown = (json: unknown, words: string) => askJson(json, words, { width: 120 });

/** The time that the connection lasted. */
const LIFETIME = { since: '2026-11-22T13:02:11Z', until: '2026-11-22T14:05:00Z' };
const WHOLE = `${LIFETIME.since} to ${LIFETIME.until}`;

describe('connection', () => {
  const snapshot = {
    slot: AT,
    entry: 41,
    s: AT,
    f: AT,
    leafHash: 'ab'.repeat(32),
    chunk: 'cd'.repeat(32),
    chunkIndex: 0,
  };
  const details = {
    connection: connectionNumber(7, { other: { newElement: 'x' } }),
    snapshots: [snapshot],
    window: LIFETIME,
    coverage: COMPLETE,
  };

  it('shows every field, with exact bytes and the directions named, and the snapshots that prove it', async () => {
    const { code, out, said, seen } = await shown(details, `connection ${ID}`);
    expect(seen).toMatchObject([{ target: `/connections/${ID}` }]);
    expect(out).toMatch(/^sent \(upload\) +1\.5 KiB \(1,536 bytes\) in 12 packets$/m);
    expect(out).toMatch(/^received \(download\) +10\.0 GiB \(10,737,418,240 bytes\) in 34 packets$/m);
    expect(out).toMatch(/^other elements +\{"newElement":"x"\}$/m);
    expect(out).toMatch(new RegExp(`^${AT} +41 +abab`, 'm'));
    expect([code, said]).toEqual([0, `Searched ${WHOLE}: complete.`]);
  });

  it('is the answer as it is in JSON, and one row elsewhere', async () => {
    expect(JSON.parse((await shown(details, `connection ${ID} --output json`)).out)).toEqual(details);
    expect((await shown(details, `connection ${ID} --output ndjson`)).out).toBe(
      `${JSON.stringify(details.connection)}\n`,
    );
    expect((await shown(details, `connection ${ID} --output csv`)).out.trimEnd().split('\r\n')).toHaveLength(2);
  });

  it('is not complete over a gap: exit 4', async () => {
    expect((await shown({ ...details, coverage: OVER_A_GAP }, `connection ${ID}`)).code).toBe(4);
  });

  it('takes an id that holds anything to the API', async () => {
    const { seen } = await askJson(details, ['connection', 'a/b?c#d e']);
    expect(seen).toMatchObject([{ target: '/connections/a%2Fb%3Fc%23d%20e' }]);
  });

  it('--history shows each sighting to the end', async () => {
    const row = { status: { code: 'active' }, ingressBytes: '2048', timestamp: '2026-11-22 13:05:00' };
    const sighting = (entry: number) => ({ slot: AT, entry, s: AT, f: AT, chunk: 'ef'.repeat(32), row });
    const page = { connectionId: ID, endpointId: ENDPOINT, window: LIFETIME, coverage: COMPLETE };
    await using api = await startTestApi(({ parameters }) => ({
      json: parameters.has('cursor')
        ? { ...page, sightings: [sighting(2)], expired: 1 }
        : { ...page, sightings: [sighting(1)], expired: 2, cursor: 'next' },
    }));
    const { out, said } = await ask(api.url, `connection ${ID} --history --since 2h`, { width: 120 });
    expect(out).toMatch(/ 1 {2}active .* 2\.0 KiB .*\n.* 2 {2}active /);
    expect(said).toMatch(/2 sightings of .*\nThe rows of 3 more snapshots have expired/);
    expect(api.seen.map(({ parameters }) => parameters.get('since'))).toEqual(Array(2).fill('2026-11-22T13:30:00Z'));
    const json = await ask(api.url, `connection ${ID} --history`);
    expect(JSON.parse(json.out)).toMatchObject({ connectionId: ID, sightings: [{ row }, { row }], expired: 3 });
    expect(JSON.parse(json.out)).not.toHaveProperty('cursor');
  });
});

describe('usage', () => {
  const sample = (minute: number, since?: UsageSample['since']): UsageSample => {
    const at = `2026-11-22T13:${String(minute).padStart(2, '0')}:00Z`;
    return { slot: at, at, ingressBytes: minute * 100, egressBytes: minute * 2048, ...(since ? { since } : {}) };
  };
  const samples = [
    sample(5),
    sample(10, { seconds: 300, ingressBytes: 500, egressBytes: 10_240 }),
    sample(25, { seconds: 900, ingressBytes: 1500, egressBytes: 30_720, acrossGap: true }),
  ];
  const page = { connectionId: ID, endpointId: ENDPOINT, window: LIFETIME, coverage: OVER_A_GAP };
  const answer = { ...page, samples, totals: { ingressBytes: 2500, egressBytes: 51_200 } };

  it('draws both directions, with the gap left open, above the samples and the totals', async () => {
    const { code, out, said } = await shown(answer, `usage ${ID}`);
    expect(out).toMatch(/^sent \(upload\) +█╌╌╌ {2}max 2 B\/s\nreceived \(download\) +█╌╌╌ {2}max 34 B\/s\n/);
    expect(out).toMatch(/^2026-11-22T13:10:00Z +500 B +10\.0 KiB +1000 B +20\.0 KiB$/m);
    expect(out).toMatch(/^2026-11-22T13:25:00Z .* across a gap$/m);
    expect(said).toMatch(
      /^In total: sent \(upload\) 2\.4 KiB, received \(download\) 50\.0 KiB\.\nSearched 2026-\S+ to 2026-\S+: NOT COMPLETE/,
    );
    expect(code).toBe(4);
  });

  it('is read to the end, and is one answer', async () => {
    const reply = (cursor: string | null): TestReply => ({
      json: cursor
        ? { ...page, samples: samples.slice(2), totals: answer.totals }
        : { ...page, samples: samples.slice(0, 2), totals: { ingressBytes: 1 }, cursor: 'x' },
    });
    await using api = await startTestApi(({ parameters }) => reply(parameters.get('cursor')));
    expect(JSON.parse((await ask(api.url, `usage ${ID}`)).out)).toEqual(answer);
  });

  it('says where there is nothing', async () => {
    const { out, said } = await shown({ ...page, samples: [], totals: {}, coverage: COMPLETE }, `usage ${ID}`);
    expect([out, said]).toEqual(['', `There is no sample of it in this window.\nSearched ${WHOLE}: complete.`]);
  });
});

describe('checkpoint', () => {
  const answer = { trail: 'trail-0123456789abcdef', checkpoint: 'client-vpn-audit/trail-0123456789abcdef\n7\n…\n' };

  it('prints the note over all logs as it is, which is all that is to be kept', async () => {
    const { code, out, said, seen } = await shown(answer, 'checkpoint');
    expect(seen).toMatchObject([{ target: '/checkpoints/trail' }]);
    expect([code, out, said]).toEqual([0, answer.checkpoint, '']);
    expect(JSON.parse((await shown(answer, 'checkpoint --output json')).out)).toEqual(answer);
  });

  it('prints that of an endpoint, and refuses what is none', async () => {
    expect((await shown(answer, `checkpoint --endpoint ${ENDPOINT}`)).seen).toMatchObject([
      { target: `/checkpoints/${ENDPOINT}` },
    ]);
    expect(await shown(answer, 'checkpoint --endpoint x')).toMatchObject({ code: 2, seen: [] });
  });
});

describe('endpoints', () => {
  it('shows what is recorded', async () => {
    const endpoint = { endpointId: ENDPOINT, state: 'open', entries: 288, name: 'office', lastSnapshotAt: AT };
    const { code, out, seen } = await shown({ endpoints: [endpoint] }, `endpoints --endpoint ${ENDPOINT}`);
    expect(seen.map(({ target }) => target)).toEqual([`/endpoints?endpoint=${ENDPOINT}`]);
    expect(out).toMatch(new RegExp(`^${ENDPOINT} +office +open .* 288 +${AT}$`, 'm'));
    expect(code).toBe(0);
  });

  it('says where nothing is', async () => {
    expect((await shown({ endpoints: [] }, 'endpoints')).said).toBe('No endpoint is recorded yet.');
  });
});

describe('coverage', () => {
  const gap = { start: '2026-11-22T09:00:00Z', end: '2026-11-22T10:00:00Z', reasons: ['no-run', 'throttled'] };
  const report = (complete: boolean, fields: object) => ({
    window: { since: '2026-11-22T08:00:00Z', until: '2026-11-22T12:00:00Z' },
    complete,
    assumptions: ['AWS lists it.'],
    endpoints: [
      {
        endpointId: ENDPOINT,
        complete,
        proven: [{ start: '2026-11-22T08:00:00Z', end: gap.start }],
        gaps: [],
        ...fields,
      },
    ],
  });

  it('with a gap shows it with its reasons: exit 3', async () => {
    const { code, out, said } = await shown(report(false, { gaps: [gap] }), 'coverage --since 2h');
    expect(out).toMatch(/GAP +2026-11-22T09:00:00Z {2}2026-11-22T10:00:00Z +1h 0m {2}no-run, throttled$/m);
    expect(said).toMatch(
      /^Searched 2026-11-22T08:00:00Z to 2026-11-22T12:00:00Z: NOT COMPLETE: 1 gap\.\n {2}given that: AWS/,
    );
    expect(code).toBe(3);
    expect((await shown(report(false, { gaps: [gap] }), 'coverage --output json')).code).toBe(3);
  });

  it('with time that is not known yet: exit 4', async () => {
    const { code, out, said } = await shown(report(false, { pendingSince: '2026-11-22T11:00:00Z' }), 'coverage');
    expect(out).toMatch(/pending +2026-11-22T11:00:00Z {2}\(goes on\)$/m);
    expect(said).toContain('NOT COMPLETE: the newest time is not known yet.');
    expect(code).toBe(4);
  });

  it('without either: exit 0', async () => {
    const { code, said } = await shown(report(true, {}), 'coverage');
    expect([code, said.split('\n')[0]]).toEqual([
      0,
      'Searched 2026-11-22T08:00:00Z to 2026-11-22T12:00:00Z: complete.',
    ]);
  });
});
