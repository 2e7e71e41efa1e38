import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAnswer } from '../../lambda/query/connection-answer.ts';
import type { Elements } from '../../lambda/trail/element.ts';
import { exportInto, fileOf, filesIn, replayThrough } from '../support/exports/daily-export.ts';
import { MemoryArchive } from '../support/recording/memory-archive.ts';
import { ALPHA, activeRow, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';

const MINUTE = 60_000;
const BEGIN = Date.parse('2026-11-20T20:00:00Z');
const STEP = 45;
const DAYS = 3;

/** What AWS says of a connection over time, in minutes since the beginning; some of it odd. */
interface Truth {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** From when on its address is said; its name from when to when it is not. */
  readonly addressFrom: number;
  readonly unnamed: number;
  readonly renamedFrom: number;
  readonly terminatingFrom: number;
  /** When, for how long, it is not listed. */
  readonly vanishes: number;
  readonly vanishesFor: number;
  /** After its end it is listed as active once more. */
  readonly contradicts: boolean;
  readonly settles: boolean;
  readonly endUnsaid: boolean;
}

const END = DAYS * 24 * 60;
const truths = fc
  .array(
    fc.record({
      from: fc.integer({ min: -60, max: END }),
      lasts: fc.oneof(fc.integer({ min: 10, max: 600 }), fc.integer({ min: 600, max: 3000 })),
      addressAfter: fc.constantFrom(0, 0, 0, 40, 600, 2000),
      unnamedAfter: fc.constantFrom(9999, 9999, 60, 300, 1000),
      renamedAfter: fc.constantFrom(9999, 9999, 9999, 500),
      terminatingAfter: fc.constantFrom(9999, 100, 700, 1500),
      vanishesAfter: fc.constantFrom(9999, 9999, 9999, 60, 400, 900),
      vanishesFor: fc.constantFrom(30, 60, 150, 5000),
      contradicts: fc.constantFrom(false, false, false, true),
      settles: fc.boolean(),
      endUnsaid: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 15, maxLength: 40, size: 'max' },
  )
  .map((all) =>
    all.map(
      (
        { from, lasts, addressAfter, unnamedAfter, renamedAfter, terminatingAfter, vanishesAfter, ...more },
        index,
      ): Truth => ({
        ...more,
        id: `cvpn-connection-${String(index).padStart(3, '0')}`,
        from,
        to: from + lasts,
        addressFrom: from + addressAfter,
        unnamed: from + unnamedAfter,
        renamedFrom: from + renamedAfter,
        terminatingFrom: from + terminatingAfter,
        vanishes: from + vanishesAfter,
      }),
    ),
  );

const SLOTS = END / STEP;
/** What befalls the recorder, by the number of the slot. */
const mishaps = fc.record({
  noRun: fc.array(fc.integer({ min: 1, max: SLOTS }), { maxLength: 8 }),
  /** Down for 35 hours: a whole day without an entry. */
  outage: fc.option(fc.integer({ min: 1, max: SLOTS }), { freq: 3 }),
  /** Snapshots that prove no absence, from when on for how many slots. */
  unidentified: fc.option(fc.tuple(fc.integer({ min: 1, max: SLOTS }), fc.constantFrom(1, 3, 20)), { freq: 3 }),
  deleted: fc.option(fc.integer({ min: 1, max: SLOTS }), { freq: 3 }),
});
type Mishaps = typeof mishaps extends fc.Arbitrary<infer T> ? T : never;

const aws = (minutes: number) => new Date(BEGIN + minutes * MINUTE).toISOString().replace('T', ' ').slice(0, 19);

function rowOf(truth: Truth, at: number): Elements[] {
  const { id, from, to, vanishes, vanishesFor, addressFrom, unnamed, renamedFrom } = truth;
  const isGone = at < from || at >= to + 60 || (at >= vanishes && at < vanishes + vanishesFor);
  if (isGone) return [];
  const active = activeRow(id, aws(from), {
    timestamp: aws(at),
    ingressBytes: String(Math.min(at, to + (truth.settles ? 30 : 0)) - from),
    status: { code: at >= truth.terminatingFrom ? 'terminating' : 'active' },
    clientIp: at >= addressFrom ? '172.31.0.9' : '',
    commonName: at >= unnamed && at < unnamed + 800 ? '' : at >= renamedFrom ? `${id}-again` : id,
  });
  if (at < to || (truth.contradicts && at >= to + 30)) return [active];
  return [endedRow(active, aws(to), truth.endUnsaid ? { connectionEndTime: '-' } : {})];
}

const isWithin = (slot: number, from: number | undefined, slots: number): boolean =>
  from !== undefined && slot >= from && slot < from + slots;

async function live(trail: RecordedTrail, all: readonly Truth[], mishaps: Mishaps): Promise<MemoryArchive> {
  const archive = new MemoryArchive();
  const [unidentifiedFrom, unidentifiedFor = 0] = mishaps.unidentified ?? [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const before = trail.now.toISOString().slice(0, 10);
    if (mishaps.noRun.includes(slot) || isWithin(slot, mishaps.outage ?? undefined, (35 * 60) / STEP)) continue;
    trail.now = new Date(BEGIN + slot * STEP * MINUTE);
    const rows = all.flatMap((truth) => rowOf(truth, slot * STEP));
    if (isWithin(slot, unidentifiedFrom, unidentifiedFor)) rows.push({ ...activeRow('', aws(0)), connectionId: '-' });
    trail.rows = slot === mishaps.deleted ? {} : { [ALPHA]: rows };
    await trail.record();
    // As soon as it may be: epsilon after midnight, which is the day's second slot at most.
    if (trail.now.toISOString().slice(0, 10) !== before || trail.now.getUTCHours() === 0)
      await exportInto(trail, archive);
  }
  trail.now = new Date(BEGIN + (DAYS + 1) * 24 * 60 * MINUTE);
  trail.rows = { [ALPHA]: [] };
  await trail.record();
  await exportInto(trail, archive);
  return archive;
}

describe('the days of random histories', () => {
  it('are the same bytes whether exported on time or late, those of a replay of the whole log; together they are the projection', async () => {
    await fc.assert(
      fc.asyncProperty(truths, mishaps, async (all, befallen) => {
        const trail = await RecordedTrail.start();
        trail.now = new Date(BEGIN);
        try {
          const onTime = await live(trail, all, befallen);
          const late = new MemoryArchive();
          await exportInto(trail, late);
          expect(filesIn(late)).toEqual(filesIn(onTime));
          const days = [...filesIn(late).keys()];
          const latest = new Map<string, unknown>();
          for (const day of days) {
            const connections = await replayThrough(trail, day);
            expect(filesIn(onTime).get(day)).toBe(await fileOf(connections));
            for (const connection of connections) latest.set(connection.connectionId, toAnswer(connection));
          }
          for (const [id, answer] of latest) {
            const connection = await trail.connection(id);
            // The newest day is not over, and not exported.
            if (connection && connection.lastEntry < lastDayFrom(await trail.manifests(), days)) {
              expect(answer).toEqual(toAnswer(connection));
            }
          }
        } finally {
          await trail.close();
        }
      }),
      { numRuns: 1, endOnFailure: true },
    );
  });
});

function lastDayFrom(manifests: readonly { slot: string; entry: number }[], days: readonly string[]): number {
  const last = days.at(-1) ?? '';
  return manifests.find(({ slot }) => slot.slice(0, 10) > last)?.entry ?? Number.POSITIVE_INFINITY;
}
