import fc from 'fast-check';
import { WELL } from './hand-made.ts';
import { EPSILON, ROUNDING } from './lies.ts';
import { livesOf, MOST_LIVES, rarely, seeds } from './random-lives.ts';
import { type Attempt, HOUR, type World } from './truth.ts';

const MINUTE = 60;
/** A slot that is further ahead of AWS's time is refused: nothing is believed of such a clock. */
const MOST_AHEAD = 300;

const someone = fc.nat(MOST_LIVES - 1);
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 3 });

/** Hours, and half of them, more or less: clocks that are wrong are mostly wrong by those. */
const wrongBy = fc
  .tuple(fc.constantFrom(1, -1), fc.constantFrom(HOUR, 2 * HOUR, HOUR / 2, 24 * HOUR), fc.nat(400))
  .map(([sign, far, beside]) => sign * (far + beside));

const attempts = fc.record<Attempt>({
  after: fc.oneof(
    { withCrossShrink: true },
    { weight: 20, arbitrary: fc.constant(5 * MINUTE) },
    { weight: 2, arbitrary: fc.integer({ min: 5 * MINUTE, max: 50 * MINUTE }) },
    { weight: 1, arbitrary: fc.integer({ min: 50 * MINUTE, max: 70 * MINUTE }) },
    { weight: 1, arbitrary: fc.integer({ min: 70 * MINUTE, max: 4 * HOUR }) },
  ),
  aws: rarely<Attempt['aws']>(12, 'answers', fc.constantFrom('throttles', 'refuses')),
  pages: fc.constantFrom(1, 1, 2, 3),
  seconds: fc.constantFrom(0, 0, 1, 40),
  dateOff: rarely(25, 0, wrongBy),
  onlyFirstDateOff: fc.boolean(),
  machine: rarely<Attempt['machine']>(
    25,
    undefined,
    fc.record({
      ahead: fc.oneof(fc.constant(0), wrongBy, fc.integer({ min: -300, max: 300 })),
      when: fc.constantFrom('before', 'waiting'),
    }),
  ),
  slotAhead: rarely(60, 0, fc.constantFrom(200, 2 * HOUR, 24 * HOUR)),
  empty: rarely(30, false, fc.constant(true)),
  hides: rarely<number[]>(6, [], some(someone)),
  ends: rarely<Attempt['ends'][number][]>(10, [], some(fc.record({ life: someone, told: fc.boolean() }))),
  doubles: rarely<Attempt['doubles'][number][]>(
    8,
    [],
    some(fc.record({ life: someone, as: fc.constantFrom('older', 'endless') })),
  ),
  odd: rarely<Attempt['odd'][number][]>(
    10,
    [],
    some(
      fc.record({
        life: someone,
        kind: fc.oneof(
          { weight: 8, arbitrary: fc.constant('foreign' as const) },
          { weight: 4, arbitrary: fc.constant('long-id' as const) },
          { weight: 1, arbitrary: fc.constant('huge' as const) },
        ),
      }),
    ),
  ),
  corrects: rarely(6, false, fc.constant(true)),
  asks: fc.constantFrom(true, false, false, false),
});

/** Worlds with all faults mixed, as in life; of some of them only rows are odd. */
export const worlds: fc.Arbitrary<World> = fc
  .record({
    all: fc.array(attempts, { minLength: 3, maxLength: 30 }),
    seeds: fc.array(seeds, { minLength: 1, maxLength: MOST_LIVES }),
    instants: fc.array(fc.integer({ min: -5, max: 100 }), { maxLength: 4 }),
    isSteady: fc.constantFrom(false, false, true),
  })
  .map(({ all, seeds: seeded, instants, isSteady }) => {
    const planned = isSteady ? all.map(steadily) : disagreeing(all);
    const whole = planned.reduce((sum, { after, pages, seconds }) => sum + after + pages * seconds, 0);
    const lives = livesOf(seeded, whole);
    const named = planned.map((attempt) => namingLives(attempt, lives.length));
    return { lives, attempts: named, instants: instants.map((share) => Math.round((whole * share) / 100)) };
  });

/**
 * Without the wrong Dates for which nobody could know better, as ADR 31 says: those that agree with what was believed before (the same
 * error in two answers, or in the machine's clock too, is as if that time had passed), and those while the machine's clock errs to
 * the same side, so that neither shows a bound.
 */
function disagreeing(all: readonly Attempt[]): Attempt[] {
  const skews = [0];
  let machineAhead = 0;
  /** What the machine's clock was ahead when snapshots with it were believed. */
  let believedAhead = 0;
  let isRepeated = false;
  return all.map((attempt) => {
    const aheads = [machineAhead, attempt.machine?.ahead ?? machineAhead];
    isRepeated &&= attempt.machine === undefined;
    machineAhead = attempt.machine?.ahead ?? machineAhead;
    const isBelieved = aheads.some((ahead) =>
      skews.some((skew) => Math.abs(attempt.dateOff - ahead - skew) <= 2 * (EPSILON + ROUNDING)),
    );
    const isOneSided = aheads.some((ahead) => (ahead - believedAhead) * attempt.dateOff > 0);
    const dateOff = isBelieved || isOneSided ? 0 : attempt.dateOff;
    skews.push(...aheads.map((ahead) => dateOff - ahead));
    if (isRepeated && dateOff === 0 && attempt.aws === 'answers') believedAhead = machineAhead;
    isRepeated = dateOff === 0 && attempt.aws === 'answers' && machineAhead <= MOST_AHEAD;
    return { ...attempt, dateOff };
  });
}

/** Without what clocks, outages and whole answers do: only rows are odd. */
function steadily({ after, pages, seconds, hides, ends, doubles, odd, corrects, asks }: Attempt): Attempt {
  const rows = odd.filter(({ kind }) => kind !== 'long-id');
  return {
    ...WELL,
    after: Math.min(after, 45 * MINUTE),
    pages,
    seconds,
    hides,
    ends,
    doubles,
    odd: rows,
    corrects,
    asks,
  };
}

function namingLives(attempt: Attempt, lives: number): Attempt {
  const named = <T extends { readonly life: number }>(faults: readonly T[]) =>
    faults.map((fault) => ({ ...fault, life: fault.life % lives }));
  return {
    ...attempt,
    hides: attempt.hides.map((life) => life % lives),
    ends: named(attempt.ends),
    doubles: named(attempt.doubles),
    odd: named(attempt.odd),
  };
}
