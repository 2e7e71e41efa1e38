import fc from 'fast-check';
import { EPSILON } from './coverage-oracle.ts';
import type { Life, Pace, WorldLives } from './coverage-world.ts';

const MINUTE = 60;

/** What befalls one scheduled recording, and how AWS answers it. */
export interface Happening {
  readonly kind: 'well' | 'refused' | 'twice' | 'crash';
  /** Seconds since the recording before. */
  readonly after: number;
  readonly pace: Pace;
  /** The call at which it crashes, and whether the call still had its effect. */
  readonly crash: { readonly call: number; readonly when: 'before' | 'after' };
  /** The trail is asked right afterwards. */
  readonly asks: boolean;
}

/** Days of an endpoint: what happened, and how it was recorded. */
export interface Days {
  readonly world: WorldLives;
  readonly mostLag: number;
  /** AWS's clocks are from this many seconds ahead of the true time up to epsilon more. */
  readonly lowestSkew: number;
  readonly happenings: readonly Happening[];
}

/**
 * AWS's clocks, seen from the machine's, stay within epsilon of each other, and its lag beside them of the true time; a Date header
 * is cut to the second.
 */
const lags = fc.constantFrom(0, 20, 60);
const lowestSkewsBeside = (mostLag: number) =>
  fc.oneof(fc.constantFrom(-mostLag, -(EPSILON - 1)), fc.integer({ min: -(EPSILON - 1), max: -mostLag }));
const skewsFrom = (lowest: number) =>
  fc.oneof(fc.constantFrom(0, lowest, lowest + EPSILON), fc.integer({ min: lowest, max: lowest + EPSILON }));

/** Near 56 minutes it turns on seconds whether there is a gap. */
const pauses = fc.oneof(
  { weight: 10, arbitrary: fc.constant(5 * MINUTE) },
  { weight: 5, arbitrary: fc.integer({ min: 50 * MINUTE, max: 64 * MINUTE }) },
  { weight: 1, arbitrary: fc.integer({ min: 65 * MINUTE, max: 200 * MINUTE }) },
);

const pacesFrom = (lowestSkew: number): fc.Arbitrary<Pace> => {
  const page = fc.record({ seconds: fc.constantFrom(0, 0.3, 2, 100, 250), skew: skewsFrom(lowestSkew) });
  return fc.record({ pages: fc.array(page, { minLength: 1, maxLength: 3 }), shuffle: fc.nat(5) });
};

const happeningsFrom = (lowestSkew: number): fc.Arbitrary<Happening> =>
  fc.record({
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constant('well' as const) },
      { weight: 2, arbitrary: fc.constant('refused' as const) },
      { weight: 1, arbitrary: fc.constant('twice' as const) },
      { weight: 4, arbitrary: fc.constant('crash' as const) },
    ),
    after: pauses,
    pace: pacesFrom(lowestSkew),
    crash: fc.record({ call: fc.integer({ min: 1, max: 16 }), when: fc.constantFrom('before', 'after') }),
    asks: fc.constantFrom(true, false, false, false, false, false),
  });

const livesBeside = (mostLag: number, hours: number): fc.Arbitrary<Life[]> =>
  fc
    .array(
      fc.record({
        from: fc.integer({ min: -HOURS_BEFORE * HOUR, max: hours * HOUR }),
        lasts: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 3 * HOUR })),
        lag: fc.constantFrom(0, mostLag),
      }),
      { minLength: 30, maxLength: 90 },
    )
    .map((all) =>
      all.map(({ from, lasts, lag }, index) => ({
        id: `cvpn-connection-${String(index).padStart(3, '0')}`,
        from,
        to: from + lasts,
        lag,
      })),
    );

const HOUR = 60 * MINUTE;
/** Before the recorder began. */
const HOURS_BEFORE = 2;

/** Of the endpoint: there long before, or created around the recorder's first hours; deleted, or not. */
const spans = fc.record({
  created: fc.constantFrom(-1e6, -1e6, -40 * MINUTE, -5 * MINUTE, 10 * MINUTE),
  tellsCreation: fc.boolean(),
  /** Shortly before a recording: which one, of all, and by how many seconds. */
  deleted: fc.option(fc.record({ share: fc.constantFrom(0.5, 0.8, 0.95), before: fc.constantFrom(1, 10, 60, 115) }), {
    freq: 2,
  }),
  listedAfterDeletion: fc.constantFrom(0, 0, 400),
});

/** Days in which lag and skew keep within epsilon, as the rule assumes. */
export const days: fc.Arbitrary<Days> = lags.chain((mostLag) =>
  lowestSkewsBeside(mostLag).chain((lowestSkew) =>
    fc.array(happeningsFrom(lowestSkew), { minLength: 8, maxLength: 24 }).chain((happenings) => {
      const whole = happenings.reduce((sum, { after }) => sum + after, 0);
      return fc
        .tuple(livesBeside(mostLag, Math.ceil(whole / HOUR)), spans)
        .map(([lives, { deleted, ...span }]): Days => {
          const end = deleted ? secondOf(happenings, deleted.share) - deleted.before : Number.POSITIVE_INFINITY;
          return {
            mostLag,
            lowestSkew,
            happenings,
            world: { ...span, deleted: end, lives: within(lives, span.created, end) },
          };
        });
    }),
  ),
);

/** Nobody is connected to an endpoint before there is one, or longer. */
function within(lives: readonly Life[], created: number, deleted: number): Life[] {
  return lives
    .filter(({ from }) => from >= created && from < deleted)
    .map((life) => ({ ...life, to: Math.min(life.to, deleted - 1) }));
}

/** When the recording begins that has this share of all before it, if no earlier one was cut short. */
function secondOf(happenings: readonly Happening[], share: number): number {
  const before = happenings.slice(0, Math.floor(happenings.length * share) + 1);
  return before.reduce((sum, { after, kind, pace }, index) => {
    const isCaptured = kind !== 'refused' && index < before.length - 1;
    return sum + after + (isCaptured ? pace.pages.reduce((all, { seconds }) => all + seconds, 0) : 0);
  }, 0);
}
