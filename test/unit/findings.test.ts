import { describe, expect, it } from 'vitest';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { GapAnswer } from '../../lambda/query/schemas/coverage.ts';
import { addSeconds, type Instant, secondsBetween } from '../../lambda/trail/time.ts';
import { reportFindings } from '../../reports/findings/findings.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../reports/findings/thresholds.ts';
import { connectionNumber, ENDPOINT } from '../support/search/api-answers.ts';

const SINCE = '2026-11-20T00:00:00Z';
const UNTIL = '2026-11-26T23:59:59Z';

let last = 0;

/** A connection that AWS said the end of. */
function visit(user: string, start: Instant, seconds: number, more: Partial<ConnectionAnswer> = {}): ConnectionAnswer {
  last += 1;
  const endedAt = addSeconds(start, seconds);
  return connectionNumber(last, {
    username: user,
    identity: user,
    clientIp: `10.0.${Math.floor(last / 250)}.${last % 250}`,
    establishedAt: start,
    endedAt,
    durationSeconds: seconds,
    firstSeenAt: start,
    lastSeenAt: endedAt,
    ...more,
  });
}

/** One whose end nobody reported. */
function lost(user: string, start: Instant, between: [Instant, Instant]): ConnectionAnswer {
  const { endedAt: _, ...rest } = visit(user, start, secondsBetween(start, between[0]));
  return { ...rest, end: { kind: 'inferred', between } };
}

/** So many office days before the window, at 9 in the morning for an hour. */
const pastOf = (user: string, days = 12, bytes = 1_000_000): ConnectionAnswer[] =>
  Array.from({ length: days }, (_, day) =>
    visit(user, addSeconds(SINCE, -(day + 1) * 86_400 + 9 * 3600), 3600, { ingressBytes: bytes, egressBytes: bytes }),
  );

async function findingsIn(
  connections: readonly ConnectionAnswer[],
  {
    rule,
    gaps = [],
    zone = 'UTC',
    names = ['office'],
    ...thresholds
  }: Partial<Thresholds> & { rule: string; gaps?: GapAnswer[]; zone?: string; names?: string[] },
) {
  const sorted = [...connections].sort((one, other) => (one.establishedAt < other.establishedAt ? 1 : -1));
  const ports = {
    count: () => {},
    ask: async <T>([path]: readonly string[]) =>
      (path === 'endpoints'
        ? { endpoints: names.map((name, index) => ({ endpointId: idOf(index), name, state: 'open' })) }
        : {
            connections: sorted,
            window: { since: SINCE, until: UNTIL, match: 'overlap' },
            coverage: { complete: gaps.length === 0, gaps },
          }) as T,
  };
  const question = {
    since: SINCE,
    until: UNTIL,
    zone,
    rules: [rule],
    thresholds: { ...DEFAULT_THRESHOLDS, ...thresholds },
  };
  return reportFindings(ports, question);
}

/** The first is that of the connections. */
const idOf = (index: number) => `${ENDPOINT.slice(0, -1)}${index}`;
const gapAt = (start: Instant, end: Instant): GapAnswer => ({ endpointId: ENDPOINT, start, end, reasons: ['no-run'] });
const idsOf = (connections: readonly ConnectionAnswer[]) => connections.map(({ connectionId }) => connectionId).sort();

describe('two places', () => {
  const laptop = visit('alice', '2026-11-21T09:00:00Z', 7200);
  const elsewhere = visit('ALICE', '2026-11-21T10:00:00Z', 600);
  const reconnect = visit('alice', '2026-11-21T10:58:00Z', 7200);

  it('are two connections of one identity at once, and no short reconnect', async () => {
    const { rows } = await findingsIn([laptop, elsewhere, reconnect, visit('bob', '2026-11-21T09:00:00Z', 9000)], {
      rule: 'two-places',
    });
    expect(rows).toMatchObject(
      [
        { user: 'alice', since: '2026-11-21T10:00:00Z', until: '2026-11-21T10:10:00Z', says: /at once for 10m 0s: / },
      ].map(({ says, ...row }) => ({ ...row, says: expect.stringMatching(says) })),
    );
    expect(rows[0]?.connectionIds.toSorted()).toEqual(idsOf([laptop, elsewhere]));
  });

  it('are called by the names of their endpoints, with the id of one whose name another has', async () => {
    const more = { endpointId: idOf(1), clientIp: '10.0.0.7' };
    const both = [laptop, visit('alice', '2026-11-21T10:00:00Z', 600, more)];
    const saysOf = async (names: string[]) => (await findingsIn(both, { rule: 'two-places', names })).rows[0]?.says;
    expect(await saysOf(['office', 'lab'])).toBe(
      `connected at once for 10m 0s: ${laptop.clientIp} on office, 10.0.0.7 on lab`,
    );
    expect(await saysOf(['office', 'office'])).toBe(
      `connected at once for 10m 0s: ${laptop.clientIp} on office (0123456789abcdef0), 10.0.0.7 on office (0123456789abcdef1)`,
    );
  });

  it('are possible where an end is known only within bounds', async () => {
    const bounds: [Instant, Instant] = ['2026-11-21T09:30:00Z', '2026-11-21T10:30:00Z'];
    const { rows } = await findingsIn([lost('alice', '2026-11-21T09:00:00Z', bounds), elsewhere], {
      rule: 'two-places',
    });
    expect(rows).toMatchObject([{ possible: true, since: '2026-11-21T10:00:00Z' }]);
  });

  it('are found however many connections came in between', async () => {
    const many = Array.from({ length: 80 }, (_, hour) => visit('alice', addSeconds(SINCE, 3600 * (hour + 1)), 1800));
    const all = visit('alice', SINCE, 81 * 3600);
    const { rows } = await findingsIn([...many, all], { rule: 'two-places' });
    expect(rows).toMatchObject([{ moreConnections: 13 }]);
    expect(rows[0]?.connectionIds).toHaveLength(20);
  });
});

describe('a first connection', () => {
  it('is that of an identity that the past does not know', async () => {
    const [first, second] = [visit('carol', '2026-11-23T09:00:00Z', 60), visit('carol', '2026-11-24T09:00:00Z', 60)];
    const { rows, past } = await findingsIn(
      [...pastOf('alice', 1), visit('Alice', '2026-11-23T09:00:00Z', 60), first, second],
      {
        rule: 'first-connection',
      },
    );
    expect(rows).toMatchObject([{ user: 'carol', since: '2026-11-23T09:00:00Z', connectionIds: [first.connectionId] }]);
    expect([past, rows[0]?.pastIncomplete]).toEqual([{ since: '2026-08-22T00:00:00Z', complete: true }, undefined]);
  });

  it('is uncertain where a gap lies before it, which is no gap of the window', async () => {
    const gaps = [gapAt('2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z')];
    const { rows, coverage, notes } = await findingsIn([visit('carol', '2026-11-23T09:00:00Z', 60)], {
      rule: 'first-connection',
      gaps,
    });
    expect(rows).toMatchObject([{ user: 'carol', pastIncomplete: true }]);
    expect(coverage).toMatchObject({ complete: true, gaps: [] });
    expect(notes).toEqual([expect.stringMatching(/from the time before the window, which makes 1 finding uncertain/)]);
  });
});

describe('unusual hours', () => {
  const night = visit('alice', '2026-11-22T02:30:00Z', 60);

  it('are those at which the identity was never connected in its past, by the clocks of the zone', async () => {
    const usual = visit('alice', '2026-11-22T10:59:00Z', 60);
    const { rows } = await findingsIn([...pastOf('alice'), night, usual], { rule: 'unusual-hours' });
    expect(rows).toMatchObject([{ user: 'alice', connectionIds: [night.connectionId], since: '2026-11-22T02:30:00Z' }]);
    expect(rows[0]?.says).toBe('connected once at 02h (UTC), as in none of 12 connections before');
    const inZone = await findingsIn([...pastOf('alice'), night], { rule: 'unusual-hours', zone: 'America/New_York' });
    expect(inZone.rows[0]?.says).toMatch(/at 21h \(America\/New_York\)/);
  });

  it('are none after the window, though AWS names such a start', async () => {
    const ahead = visit('alice', addSeconds(UNTIL, 4 * 3600), 60);
    expect((await findingsIn([...pastOf('alice'), ahead], { rule: 'unusual-hours' })).rows).toEqual([]);
  });

  it('need a past, and are as far away as is asked', async () => {
    expect((await findingsIn([...pastOf('alice', 9), night], { rule: 'unusual-hours' })).rows).toEqual([]);
    expect((await findingsIn([...pastOf('alice'), night], { rule: 'unusual-hours', hoursApart: 7 })).rows).toEqual([]);
  });
});

describe('an unusual volume', () => {
  const much = visit('alice', '2026-11-22T09:00:00Z', 600, { ingressBytes: 200_000_000n, egressBytes: 4_000_000 });

  it('is many times the most of the past, in one direction', async () => {
    const { rows } = await findingsIn([...pastOf('alice'), much], { rule: 'unusual-volume' });
    expect(rows).toMatchObject([{ user: 'alice', connectionIds: [much.connectionId] }]);
    expect(rows[0]?.says).toBe('sent 190.7 MiB in one connection; the most in 12 connections before was 976.6 KiB');
  });

  it('is none below the factor, or without a past', async () => {
    expect((await findingsIn([...pastOf('alice', 12, 50_000_000), much], { rule: 'unusual-volume' })).rows).toEqual([]);
    expect((await findingsIn([...pastOf('alice', 3), much], { rule: 'unusual-volume' })).rows).toEqual([]);
  });
});

describe('a very long session', () => {
  it('lasts longer than the threshold, surely or possibly', async () => {
    const long = visit('alice', '2026-11-21T00:00:00Z', 90_000);
    const bounds: [Instant, Instant] = ['2026-11-23T01:00:00Z', '2026-11-24T01:00:00Z'];
    const maybe = lost('bob', '2026-11-23T00:00:00Z', bounds);
    const { rows } = await findingsIn([long, maybe, visit('carol', '2026-11-21T00:00:00Z', 86_400)], {
      rule: 'long-session',
    });
    expect(rows.map(({ user, possible, says }) => [user, possible, says])).toEqual([
      ['bob', true, 'lasted between 1h 0m and 1d 1h'],
      ['alice', undefined, 'lasted 1d 1h'],
    ]);
  });
});

describe('many short connections', () => {
  const shorts = (count: number, every: number) =>
    Array.from({ length: count }, (_, index) => visit('alice', addSeconds('2026-11-22T09:00:00Z', index * every), 30));

  it('are so many within the time, told once for each run', async () => {
    const { rows } = await findingsIn(shorts(25, 120), { rule: 'many-short' });
    expect(rows).toMatchObject([
      { user: 'alice', since: '2026-11-22T09:00:00Z', until: '2026-11-22T09:48:00Z', moreConnections: 5 },
    ]);
    expect(rows[0]?.says).toBe('25 connections shorter than 1m within 48m 0s');
  });

  it('are so many that begin within exactly the time', async () => {
    expect((await findingsIn(shorts(10, 400), { rule: 'many-short' })).rows).toHaveLength(1);
  });

  it.each([
    [9, 120],
    [10, 401],
  ])('are not %i of them, one every %i seconds', async (count, every) => {
    expect((await findingsIn(shorts(count, every), { rule: 'many-short' })).rows).toEqual([]);
  });
});

describe('an address that changed hands', () => {
  const clientIp = '10.0.0.9';
  const before = visit('alice', '2026-11-22T09:00:00Z', 600, { clientIp });

  it('went from one identity to another within a minute, in any spelling', async () => {
    const after = visit('bob', '2026-11-22T09:10:45Z', 600, { clientIp: '::ffff:10.0.0.9' });
    const { rows } = await findingsIn([before, after], { rule: 'changed-hands' });
    expect(rows).toMatchObject([
      { user: 'bob', since: '2026-11-22T09:10:45Z', connectionIds: [after.connectionId, before.connectionId] },
    ]);
    expect(rows[0]?.says).toBe('had 10.0.0.9 of office after alice, within 45s');
  });

  it('possibly went to another where an end is known only within bounds', async () => {
    const bounds: [Instant, Instant] = ['2026-11-22T08:30:00Z', '2026-11-22T09:30:00Z'];
    const first = { ...lost('alice', '2026-11-22T08:00:00Z', bounds), clientIp };
    const { rows } = await findingsIn([first, visit('bob', '2026-11-22T09:10:00Z', 600, { clientIp })], {
      rule: 'changed-hands',
    });
    expect(rows).toMatchObject([
      { possible: true, says: 'had 10.0.0.9 of office after alice, whose end is known only within bounds' },
    ]);
  });

  it('did not where the same identity came back, later, or on another endpoint', async () => {
    const others = [
      visit('ALICE', '2026-11-22T09:10:45Z', 60, { clientIp }),
      visit('bob', '2026-11-22T09:12:46Z', 60, { clientIp }),
      visit('bob', '2026-11-22T09:10:45Z', 60, { clientIp, endpointId: `${ENDPOINT.slice(0, -1)}1` }),
    ];
    expect((await findingsIn([before, ...others], { rule: 'changed-hands' })).rows).toEqual([]);
  });
});
