import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UsageSample } from '../../lambda/query/schemas/connection.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { nameKey } from '../../lambda/trail/name-key.ts';
import { addSeconds, earlier, type Instant, later, secondsBetween, toInstant } from '../../lambda/trail/time.ts';
import { reportUsage } from '../../reports/usage/usage.ts';
import { ALPHA } from '../support/recording/recorded-trail.ts';
import { ReportTrail } from '../support/reports/report-trail.ts';
import { histories, moments } from '../support/search/random-history.ts';

/** Twice an hour's change of the clocks, a half hour's, and offsets that are no whole hours. */
const ZONES = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata'] as const;
const QUARTER = 900;
const BEGIN = Date.parse('2026-10-20T00:00:00Z') / 1000;
const END = Date.parse('2026-11-15T00:00:00Z') / 1000;

/** The quarters of an hour by the clock of a zone, as days or hours: what a brute force knows of calendars. */
function bucketsOf(zone: string, unit: 'day' | 'hour'): { readonly start: Instant; readonly last: Instant }[] {
  const clock = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(unit === 'hour' ? { hour: '2-digit', hourCycle: 'h23', timeZoneName: 'longOffset' } : {}),
  });
  const starts = new Map<string, number>();
  for (let quarter = BEGIN; quarter < END; quarter += QUARTER) {
    const label = clock.format(quarter * 1000);
    if (!starts.has(label)) starts.set(label, quarter);
  }
  const all = [...starts.values()];
  // The first and the last one are not whole.
  return all.slice(1, -1).map((start, index) => ({
    start: toInstant(start * 1000),
    last: toInstant(((all[index + 2] ?? 0) - 1) * 1000),
  }));
}

const CALENDARS = new Map(
  ZONES.flatMap((zone) =>
    (['day', 'hour'] as const).map((unit) => [`${zone} ${unit}`, bucketsOf(zone, unit)] as const),
  ),
);

const keyOf = ({ username, commonName }: Partial<Connection>): string => nameKey(username ?? commonName ?? '');

/** Seconds that a connection lasted in a window, the last second of which counts. */
function secondsIn(trail: ReportTrail, { connectionId }: Connection, since: Instant, last: Instant): number {
  const { establishedAt, durationSeconds = 0 } = trail.answers.get(connectionId) ?? { establishedAt: '' };
  const [from, to] = [
    later(establishedAt, since),
    earlier(addSeconds(establishedAt, durationSeconds), addSeconds(last, 1)),
  ];
  return Math.max(0, secondsBetween(from, to));
}

/** A connection's bytes in a window by the share of time. */
function shareOf(trail: ReportTrail, connection: Connection, since: Instant, until: Instant): number {
  const { establishedAt, durationSeconds = 0, ingressBytes = 0 } = trail.answers.get(connection.connectionId) ?? {};
  if (!durationSeconds)
    return since <= (establishedAt ?? '') && (establishedAt ?? '') <= until ? Number(ingressBytes) : 0;
  return (Number(ingressBytes) * secondsIn(trail, connection, since, until)) / durationSeconds;
}

/** Counters of the connections, in so many parts of a hundred of theirs each hour; some go back. */
function samplesOf(connections: readonly Connection[], told: readonly number[]): Map<string, UsageSample[]> {
  const sampleAt = (establishedAt: Instant, hour: number, part: number): UsageSample => {
    const at = addSeconds(establishedAt, hour * 3600 + 60);
    return { slot: at, at, ingressBytes: 0, egressBytes: part * 700_000 };
  };
  return new Map(
    connections.map(({ connectionId, establishedAt }) => [
      connectionId,
      told.map((part, hour) => sampleAt(establishedAt, hour, part)),
    ]),
  );
}

const questions = fc.record({
  zone: fc.constantFrom(...ZONES),
  window: fc.uniqueArray(moments, { minLength: 2, maxLength: 2 }).map((ends) => ends.sort()),
  pageRows: fc.integer({ min: 1, max: 50 }),
  gap: fc.uniqueArray(moments, { minLength: 2, maxLength: 2 }).map((ends) => ends.sort()),
});

describe('a report of usage', () => {
  it.each(['day', 'hour'] as const)('has in each %s what the API lists there', async (by) => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        questions,
        async (history, { zone, window: [since = '', until = ''], pageRows, gap: [start = '', end = ''] }) => {
          const gaps = [{ start, end, reasons: ['no-run'] }];
          const trail = new ReportTrail(history, { pageRows, gaps });
          const { rows } = await reportUsage(trail.ports, { by, zone, since, until, counters: 0 });
          const names = new Set(
            trail.connections.flatMap((one): Partial<Connection>[] => [one, ...(one.former ?? [])]).map(keyOf),
          );
          const expected = (CALENDARS.get(`${zone} ${by}`) ?? [])
            .map(({ start, last }) => ({ start, since: later(start, since), until: earlier(last, until) }))
            .filter((bucket) => bucket.since <= bucket.until && bucket.start <= later(trail.newest, since));
          // An end in the future that AWS named may have a row as well.
          const starts = rows.map(({ start = '' }) => start).filter((start) => start <= later(trail.newest, since));
          expect(starts).toEqual(expected.map(({ start }) => start));
          for (const [index, bucket] of expected.entries()) {
            // Of the hours not all: a brute force is slow.
            if (by === 'hour' && index % 11 !== pageRows % 11) continue;
            const verdicts = trail.connections.map((connection) => trail.verdict(connection, bucket));
            const there = trail.connections.filter((_, at) => verdicts[at] !== 'no');
            const isThere = (name: string) =>
              trail.connections.some((one) => trail.verdict(one, bucket, (called) => keyOf(called) === name) !== 'no');
            expect(rows[index]).toMatchObject({
              connections: there.length,
              people: [...names].filter((name) => name !== '' && isThere(name)).length,
              seconds: there.reduce((sum, one) => sum + secondsIn(trail, one, bucket.since, bucket.until), 0),
            });
            const seen = there.flatMap(({ connectionId }) => {
              const { establishedAt = '', durationSeconds = 0 } = trail.answers.get(connectionId) ?? {};
              const endedAt = addSeconds(establishedAt, durationSeconds);
              const isSeen = establishedAt <= bucket.until && endedAt >= bucket.since;
              return isSeen ? [later(establishedAt, bucket.since), earlier(endedAt, bucket.until)] : [];
            });
            const [first, last] = [seen.toSorted()[0], seen.toSorted().at(-1)];
            expect([rows[index]?.firstSeenAt, rows[index]?.lastSeenAt]).toEqual([first, last]);
            const isOverGap = start <= bucket.until && end >= bucket.since;
            expect(rows[index]?.incomplete ?? false).toBe(isOverGap || bucket.until > trail.pendingSince);
            expect(rows[index]?.possible ?? 0).toBe(verdicts.filter((one) => one === 'possible').length);
          }
        },
      ),
      { numRuns: by === 'day' ? 30 : 12 },
    );
  });

  it.each(['user', 'endpoint'] as const)('has for each %s what the API lists of it, and its bytes', async (by) => {
    await fc.assert(
      fc.asyncProperty(histories, questions, async (history, { window: [since = '', until = ''], pageRows }) => {
        const trail = new ReportTrail(history, { pageRows });
        const { rows, total } = await reportUsage(trail.ports, { by, zone: 'UTC', since, until, counters: 0 });
        const nameOf = (one: Partial<Connection>) => (by === 'user' ? keyOf(one) : (one.endpointId ?? ALPHA));
        for (const name of new Set(
          trail.connections.flatMap((one): Partial<Connection>[] => [one, ...(one.former ?? [])]).map(nameOf),
        )) {
          const verdicts = trail.connections.map((one) =>
            trail.verdict(one, { since, until }, (called) => nameOf(called) === name),
          );
          const row = rows.find(({ user = '', endpointId }) => (endpointId ?? nameKey(user)) === name);
          expect([row?.connections ?? 0, row?.possible ?? 0]).toEqual([
            verdicts.filter((one) => one !== 'no').length,
            verdicts.filter((one) => one === 'possible').length,
          ]);
        }
        const bytes = trail.connections.reduce((sum, one) => sum + shareOf(trail, one, since, until), 0);
        expect(Math.abs(Number(total.ingressBytes) - bytes)).toBeLessThanOrEqual(trail.connections.length);
        expect(rows.reduce((sum, row) => sum + row.ingressBytes, 0n)).toBe(total.ingressBytes);
      }),
      { numRuns: 20 },
    );
  });

  it('loses no byte over all days of an open window, whatever the counters tell', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        questions,
        fc.array(fc.nat(100), { maxLength: 8 }),
        async (history, { zone }, told) => {
          const trail = new ReportTrail(history, { samples: samplesOf(history.connections, told) });
          const { rows, total } = await reportUsage(trail.ports, { by: 'day', zone, counters: 40 });
          const all = [...trail.answers.values()].reduce((sum, { egressBytes = 0 }) => sum + BigInt(egressBytes), 0n);
          expect([total.egressBytes, rows.reduce((sum, row) => sum + row.egressBytes, 0n)]).toEqual([all, all]);
          expect(trail.asked.filter((path) => path.endsWith('usage')).length).toBeLessThanOrEqual(40);
        },
      ),
      { numRuns: 15 },
    );
  });
});
