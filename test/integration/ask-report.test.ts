import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { AnswerCoverage } from '../../lambda/query/schemas/coverage.ts';
import { type AskedCommand, ask } from '../support/command/asked-api.ts';
import { COMPLETE, connectionNumber, connectionsWith, ENDPOINT, OVER_A_GAP } from '../support/search/api-answers.ts';
import { startTestApi } from '../support/servers/api-server.ts';

const WINDOW = '--since 2026-11-22T13:30:00Z --until 2026-11-22T14:30:00Z';

/** Two minutes before half past one, and three after it. */
const SAMPLES = [
  { slot: '2026-11-22T13:25:00Z', at: '2026-11-22T13:28:00Z', ingressBytes: 100, egressBytes: 5_000_000_000 },
  { slot: '2026-11-22T13:30:00Z', at: '2026-11-22T13:33:00Z', ingressBytes: 1100, egressBytes: 5_000_000_500 },
];

const EMPLOYEES = { endpointId: ENDPOINT, state: 'open', name: 'employees' };

/** Runs a report against an API of two pages, with counters where there are any. */
async function report(
  words: string,
  connections: readonly ConnectionAnswer[],
  {
    coverage = COMPLETE,
    width,
    samples = SAMPLES,
    endpoints = [EMPLOYEES],
  }: { coverage?: AnswerCoverage; width?: number; samples?: object[]; endpoints?: object[] } = {},
): Promise<AskedCommand & { readonly asked: readonly string[] }> {
  const window = { since: '2026-11-22T13:30:00Z', until: '2026-11-22T14:30:00Z', match: 'overlap' as const };
  await using api = await startTestApi(({ path, parameters }) => {
    if (path === '/endpoints') return { json: { endpoints } };
    if (path.endsWith('/usage')) {
      return { json: { connectionId: 'c', endpointId: ENDPOINT, samples, totals: {}, window, coverage: COMPLETE } };
    }
    const isFirst = !parameters.has('cursor') && connections.length > 1;
    const page = isFirst ? connections.slice(0, 1) : connections.length > 1 ? connections.slice(1) : connections;
    return { json: connectionsWith(page, { window, coverage, ...(isFirst ? { cursor: 'next' } : {}) }) };
  });
  const answered = await ask(api.url, `report ${words}`, width === undefined ? {} : { width });
  return { ...answered, asked: api.seen.map(({ path }) => path) };
}

const alice = connectionNumber(1, {
  username: 'alice',
  identity: 'alice',
  ingressBytes: 3100,
  egressBytes: 5_000_001_000,
});
const bob = connectionNumber(2, {
  username: 'Bob',
  identity: 'Bob',
  establishedAt: '2026-11-22T13:45:00Z',
  endedAt: '2026-11-22T14:15:00Z',
  firstSeenAt: '2026-11-22T13:45:10Z',
  lastSeenAt: '2026-11-22T14:15:10Z',
  durationSeconds: 1800,
  ingressBytes: 7,
  egressBytes: 9,
});

describe('report usage', () => {
  it('counts what crosses an edge by the counters of the snapshots around it', async () => {
    const { code, out, asked } = await report(`usage --by user ${WINDOW}`, [bob, alice]);
    const { usage, total, estimates, window, zone, coverage, connections, notes } = JSON.parse(out);
    expect([code, connections, zone, coverage, window]).toEqual([
      0,
      2,
      'UTC',
      COMPLETE,
      { since: '2026-11-22T13:30:00Z', until: '2026-11-22T14:30:00Z' },
    ]);
    // Of the thousand bytes between the two snapshots two of five minutes had passed before the edge.
    expect(usage).toMatchObject([
      { user: 'alice', connections: 1, seconds: 1800, ingressBytes: 3100 - 500, egressBytes: 800 },
      { user: 'Bob', connections: 1, seconds: 1800, ingressBytes: 7, egressBytes: 9 },
    ]);
    expect(total).toMatchObject({ connections: 2, people: 2, ingressBytes: 2607 });
    expect(estimates).toEqual({
      byCounters: { connections: 1, ingressBytes: 1000, egressBytes: 500 },
      byTime: { connections: 0, ingressBytes: 0, egressBytes: 0 },
    });
    expect(notes).toEqual([expect.stringMatching(/^1 connection across an edge: divided by the snapshots' counters/)]);
    expect(asked.filter((path) => path.endsWith('/usage'))).toHaveLength(1);
  });

  it('says what is an estimate by time, without a question for counters where none is wanted', async () => {
    const { said, asked } = await report(`usage --by user --counters 0 ${WINDOW} --output csv`, [alice]);
    expect(said).toMatch(/ESTIMATED: 1 connection across an edge: divided by the share of time, sent 1\.5 KiB/);
    expect(asked.filter((path) => path.endsWith('/usage'))).toEqual([]);
  });

  it('is a table with its window, zone, estimates and coverage beside it, and ends with 4 over a gap', async () => {
    const { code, out, said } = await report(`usage --by day ${WINDOW} --tz Europe/Berlin`, [bob, alice], {
      coverage: OVER_A_GAP,
      width: 120,
    });
    expect(code).toBe(4);
    expect(out).toMatch(/DAY .*\n\(Europe\/Berlin\) +CONNECTIONS/);
    expect(out).toMatch(/2026-11-22 +2 +2 +1\.0 .*not complete/);
    expect(said).toMatch(/In total: 2 connections, 2 people, 1\.0 h; sent \(upload\) 2\.5 KiB/);
    expect(said).toMatch(/Days and hours are those of Europe\/Berlin/);
    expect(said).toMatch(/NOT COMPLETE, 1 gap in it/);
  });

  it('is CSV with a header, whose times name the zone', async () => {
    const { out } = await report(`usage --by hour ${WINDOW} --output csv`, [bob]);
    const [header, ...rows] = out.trimEnd().split('\r\n');
    expect(header).toBe(
      'start_utc,end_utc,connections,possible,people,seconds,seconds_at_most,ingress_bytes_sent,egress_bytes_received,estimated_connections,connections_without_bytes,first_seen_at_utc,last_seen_at_utc,incomplete',
    );
    expect(rows.map((row) => row.split(',').slice(0, 6).join())).toEqual([
      '2026-11-22T13:00:00Z,2026-11-22T14:00:00Z,1,,1,900',
      '2026-11-22T14:00:00Z,2026-11-22T15:00:00Z,1,,1,900',
    ]);
  });
});

describe('report concurrency', () => {
  const networks = ['subnet-1', 'subnet-2'].map((networkId) => ({ networkId, networkType: 'vpc' }));
  const described = { ...EMPLOYEES, description: { associatedTargetNetwork: networks } };

  it("has the maximum, when it was, and AWS's limit for the endpoint's associations", async () => {
    const { code, out } = await report(`concurrency ${WINDOW}`, [bob, alice], { endpoints: [described] });
    const { endpoints, notes } = JSON.parse(out);
    const peak = { connections: 2, since: '2026-11-22T13:45:00Z', until: '2026-11-22T14:00:00Z' };
    expect([code, endpoints]).toEqual([
      0,
      [
        {
          endpointId: ENDPOINT,
          endpointName: 'employees',
          atLeast: peak,
          atMost: peak,
          associations: 2,
          limit: 36_500,
        },
      ],
    ]);
    expect(notes).toEqual([expect.stringMatching(/AWS's quota for the associations that the endpoint has now/)]);
  });

  it('takes the associations from the person where AWS does not tell', async () => {
    const { out, said } = await report(`concurrency ${WINDOW} --associations 1`, [bob, alice], {
      width: 110,
      coverage: OVER_A_GAP,
    });
    expect(out).toMatch(/employees +2 +2026-11-22T13:45:00Z +2026-11-22T14:00:00Z +7,000 +0\.0 % +not complete/);
    expect(said).toMatch(/In a gap there may have been more at once than is known/);
    expect(JSON.parse((await report(`concurrency ${WINDOW}`, [bob])).out).endpoints[0].limit).toBeUndefined();
  });

  it('has every change as a row', async () => {
    const { out } = await report(`concurrency ${WINDOW} --steps --output csv`, [bob, alice]);
    expect(out.trimEnd().split('\r\n')).toEqual([
      'from_utc,endpoint_id,at_least,at_most',
      `2026-11-22T13:30:00Z,${ENDPOINT},1,1`,
      `2026-11-22T13:45:00Z,${ENDPOINT},2,2`,
      `2026-11-22T14:00:01Z,${ENDPOINT},1,1`,
      `2026-11-22T14:15:01Z,${ENDPOINT},0,0`,
    ]);
  });

  it('has a range where times are known only within bounds', async () => {
    const end = {
      kind: 'inferred' as const,
      between: ['2026-11-22T13:50:00Z', '2026-11-22T13:58:00Z'] as [string, string],
    };
    const { endedAt: _, ...lost } = { ...bob, end };
    const { out, said } = await report(`concurrency ${WINDOW} --steps --output table`, [lost, alice]);
    expect(out).toMatch(/13:45:00Z +2 +employees\n.*13:50:01Z +1–2 +employees\n.*13:58:01Z +1 +employees/);
    expect(said).toMatch(/The times of 1 connection are known only within bounds/);
  });
});

describe('a row of a report', () => {
  it('is complete where the whole answer is, though its endpoint was asked for before the newest recording', async () => {
    const earlier = { ...EMPLOYEES, pendingSince: '2026-11-22T14:00:00Z', projectedThrough: '2026-11-22T14:02:00Z' };
    for (const words of ['usage --by endpoint', 'concurrency']) {
      const { out } = await report(`${words} ${WINDOW}`, [bob, alice], { endpoints: [earlier] });
      expect(out).not.toContain('incomplete');
      const over = await report(`${words} ${WINDOW}`, [bob, alice], { endpoints: [earlier], coverage: OVER_A_GAP });
      expect(over.out).toContain('"incomplete":true');
    }
  });

  it('says on 80 columns that it is not complete, and leaves out what is less', async () => {
    const over = { width: 80, coverage: OVER_A_GAP };
    expect((await report(`usage --by hour ${WINDOW}`, [bob, alice], over)).out).toMatch(
      /NOTE\n.*13:00:00Z .* not\n +complete, 1/,
    );
    expect((await report(`concurrency ${WINDOW}`, [bob], over)).out).toMatch(/employees .* not complete$/m);
    const { out, said } = await report(`usage --by endpoint ${WINDOW}`, [bob], { width: 80 });
    expect(out).toMatch(/ENDPOINT +CONNECTIONS +PEOPLE +HOURS.*\(download\)$/m);
    expect(said).toMatch(/No room for: LAST SEEN \(UTC\), FIRST SEEN \(UTC\)/);
  });

  it('was not seen where it only may have been there', async () => {
    const between = ['2026-11-22T13:10:00Z', '2026-11-22T14:10:00Z'] as [string, string];
    const { endedAt: _, ...lost } = { ...alice, end: { kind: 'inferred' as const, between }, durationSeconds: 600 };
    const { usage } = JSON.parse((await report(`usage --by user --counters 0 ${WINDOW}`, [lost])).out);
    expect(usage).toMatchObject([{ user: 'alice', connections: 1, possible: 1 }]);
    expect(usage[0].firstSeenAt).toBeUndefined();
  });
});

describe('report review', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-people-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const listOf = (text: string) => {
    const file = join(folder, 'may-connect.csv');
    writeFileSync(file, text);
    return file;
  };

  it('names those of the list who never connected, and who connected and is not on it', async () => {
    const file = listOf('Email,Name\nBOB,Bob\ncarol,Carol\n');
    const { code, out } = await report(`review ${WINDOW} --people ${file}`, [bob, alice]);
    const { identities, verdicts, listed } = JSON.parse(out);
    expect([code, listed, verdicts]).toEqual([0, 2, { 'not-on-the-list': 1, 'never-connected': 1, 'on-the-list': 1 }]);
    expect(identities).toMatchObject([
      {
        user: 'alice',
        verdict: 'not-on-the-list',
        connections: 1,
        seconds: 1800,
        lastSeenAt: '2026-11-22T14:00:00Z',
        endpointIds: [ENDPOINT],
        addresses: ['172.31.0.225'],
      },
      { user: 'carol', verdict: 'never-connected', connections: 0 },
      { user: 'Bob', verdict: 'on-the-list' },
    ]);
  });

  it('says of nobody that he never connected over a gap', async () => {
    const file = listOf('user\nbob\ncarol\n');
    const { code, out, said } = await report(`review ${WINDOW} --people ${file}`, [bob], {
      coverage: OVER_A_GAP,
      width: 100,
    });
    expect(code).toBe(4);
    expect(out).toMatch(/carol +not seen \(gap\) +0/);
    expect(said).toMatch(/2 people on the list: 1 not seen \(gap\), 1 on the list/);
    expect(said).toMatch(/1 of the list: no connection is known, but that there was none is not proven: in a gap/);
  });

  it.each([
    ['name\nx\n', /--people \S+ cannot be read as a list of people: its first line is "name"; expected a header with/],
    [undefined, /--people \S+ cannot be read as a list of people: .*no such file/],
  ])('is not made of a list that is none', async (text, message) => {
    const file = text === undefined ? join(folder, 'nowhere.csv') : listOf(text);
    const { code, said, asked } = await report(`review --people ${file}`, []);
    expect(said).toMatch(message);
    expect([code, asked]).toEqual([2, []]);
  });
});

describe('report findings', () => {
  const other = connectionNumber(3, {
    ...alice,
    connectionId: 'cvpn-connection-00000000000000003',
    clientIp: '172.31.0.9',
  });

  it('says what each rule found, by which thresholds, and what of the past it rests on', async () => {
    const { code, out } = await report(`findings ${WINDOW} --history 30d --volume-least 1.5`, [bob, other, alice]);
    const { findings, rules, thresholds, past, window } = JSON.parse(out);
    expect([code, window]).toEqual([0, { since: '2026-11-22T13:30:00Z', until: '2026-11-22T14:30:00Z' }]);
    expect([past, thresholds.history, thresholds.volumeLeast]).toEqual([
      { since: '2026-10-23T13:30:00Z', complete: true },
      2_592_000,
      1_572_864,
    ]);
    expect(findings).toMatchObject([
      { rule: 'first-connection', user: 'Bob', connectionIds: [bob.connectionId] },
      { rule: 'changed-hands', user: 'Bob', connectionIds: [bob.connectionId, alice.connectionId] },
      { rule: 'two-places', user: 'alice', connectionIds: [alice.connectionId, other.connectionId] },
    ]);
    expect(rules.map(({ name, findings }: { name: string; findings: number }) => [name, findings])).toEqual([
      ['two-places', 1],
      ['first-connection', 1],
      ['unusual-hours', 0],
      ['unusual-volume', 0],
      ['long-session', 0],
      ['many-short', 0],
      ['changed-hands', 1],
    ]);
  });

  it('asks the past along with the window, and looks by the rules that are named', async () => {
    const { out, said, code } = await report(`findings --rule first-connection --tz Europe/Berlin`, [bob], {
      width: 120,
      coverage: OVER_A_GAP,
    });
    expect(code).toBe(4);
    expect(out).toMatch(/2026-11-22T14:45:00\+01:00 +first-connection +Bob +connected for the first time \(a gap/);
    expect(said).toMatch(/^1 finding: first-connection 1\.$/m);
    expect(said).toMatch(/The past is the 90d before the window: complete/);
  });

  it.each([
    ['--rule nothing', /argument 'nothing' is invalid\. Expected one of two-places, first-connection/],
    ['--longer-than 5', /argument '5' is invalid\. Expected a duration like 90s, 5m, 24h/],
    ['--hours-apart 12', /Expected a whole number from 0 to 11/],
    ['--until 2026-01-01', /--since 7d \(2026-11-15T15:30:00Z\) is later than --until 2026-01-01/],
  ])('is not made where "%s" is wrong usage', async (words, message) => {
    const { code, said, asked } = await report(`findings ${words}`, []);
    expect(said).toMatch(message);
    expect([code, asked]).toEqual([2, []]);
  });
});

describe('a report', () => {
  it.each([
    ['usage', /required option '--by <what>' not specified/],
    ['usage --by week', /'week' is invalid. Allowed choices are user, endpoint, account, region, day, hour/],
    ['usage --by day --counters many', /Expected a whole number from 0 to 100000/],
    ['usage --by day --tz Mars --since x', /--tz was given 'Mars'.*\n.*--since was given 'x'/],
    ['everything', /unknown command 'everything'/],
  ])('is not made where "report %s" is wrong usage', async (words, message) => {
    const { code, said, asked } = await report(words, []);
    expect(said).toMatch(message);
    expect([code, asked]).toEqual([2, []]);
  });
});
