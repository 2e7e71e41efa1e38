import fc from 'fast-check';
import { WELL } from './hand-made.ts';
import { ALPHA, type Attempt, BETA, HOUR, type Identity, type Life, type World } from './truth.ts';

const MINUTE = 60;
/** Lives are named by their place; a number beyond them names one of them too. */
const MOST_LIVES = 9;
const NETWORKS: Readonly<Record<string, string>> = { [ALPHA]: '172.31', [BETA]: '10.99' };
const FOR_EVER = Number.POSITIVE_INFINITY;

/** Nothing, but for one in so many; it shrinks to nothing. */
function rarely<T>(oneIn: number, nothing: T, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> {
  const alternatives = [
    { weight: oneIn - 1, arbitrary: fc.constant(nothing) },
    { weight: 1, arbitrary },
  ] as const;
  return fc.oneof({ withCrossShrink: true }, ...alternatives);
}

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

interface Seed {
  readonly from: number;
  readonly lasts: number;
  readonly person: number;
  readonly address: number;
  readonly isBeta: boolean;
  readonly lag: number;
  readonly changes: number | undefined;
  readonly fails: number | undefined;
  readonly start: 'told' | 'never' | 'ahead';
  readonly end: Life['end'];
  readonly control: boolean;
}

const seeds = fc.record<Seed>({
  // A share of the world's time, also before it.
  from: fc.integer({ min: -20, max: 95 }),
  lasts: fc.oneof(
    fc.integer({ min: 5, max: 10 * MINUTE }),
    fc.integer({ min: 5, max: 2 * HOUR }),
    fc.integer({ min: HOUR, max: 6 * HOUR }),
    fc.constant(FOR_EVER),
  ),
  person: fc.nat(3),
  address: fc.nat(3),
  isBeta: fc.constantFrom(false, false, true),
  lag: fc.constantFrom(0, 0, 20, 60),
  changes: rarely<number | undefined>(5, undefined, fc.integer({ min: 5, max: 95 })),
  fails: rarely<number | undefined>(8, undefined, fc.integer({ min: 5, max: 95 })),
  start: rarely<Seed['start']>(5, 'told', fc.constantFrom('never', 'ahead')),
  end: rarely<Life['end']>(6, 'told', fc.constant('never')),
  control: rarely(20, false, fc.constant(true)),
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
    const planned = isSteady ? all.map(steadily) : all;
    const whole = planned.reduce((sum, { after, pages, seconds }) => sum + after + pages * seconds, 0);
    const lives = livesOf(seeded, whole);
    const named = planned.map((attempt) => namingLives(attempt, lives.length));
    return { lives, attempts: named, instants: instants.map((share) => Math.round((whole * share) / 100)) };
  });

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

function livesOf(all: readonly Seed[], whole: number): Life[] {
  const lives: Life[] = [];
  for (const seed of [...all].sort((one, other) => one.from - other.from)) lives.push(lifeOf(seed, whole, lives));
  return lives;
}

function lifeOf(seed: Seed, whole: number, before: readonly Life[]): Life {
  const number = before.length;
  const from = Math.round((whole * seed.from) / 100);
  const to = from + seed.lasts;
  const within = (share: number) => from + Math.round((Math.min(seed.lasts, 2 * HOUR) * share) / 100);
  const endpoint = seed.isBeta ? BETA : ALPHA;
  const first: Identity = {
    from,
    commonName: seed.control ? `person\u0001${seed.person}` : `person-${seed.person}`,
    ...(seed.lag > 0 ? { username: `account-${seed.person}` } : {}),
    ip: freeAddress(endpoint, from, seed.address, before) ?? `${NETWORKS[endpoint]}.1.${number}`,
  };
  // One that changes gets an address that nobody else has, within the endpoint's network or not.
  const ip = `${seed.address === 0 ? '10.98' : NETWORKS[endpoint]}.2.${number}`;
  const later: Identity = {
    from: within(seed.changes ?? 0),
    commonName: first.commonName,
    username: `user-${seed.person}`,
    ip,
  };
  return {
    id: `cvpn-connection-0${String(number).padStart(16, '0')}`,
    endpoint,
    from,
    to,
    identities: seed.changes === undefined ? [first] : [first, later],
    ...(seed.fails === undefined ? {} : { failsAt: within(seed.fails) }),
    lag: seed.lag,
    start: seed.start === 'ahead' ? { ahead: 72 * HOUR, until: within(50) } : seed.start,
    end: seed.end,
  };
}

/** Of a few addresses, one that nobody has any more: or only one who has failed to terminate. */
function freeAddress(endpoint: string, from: number, wanted: number, before: readonly Life[]): string | undefined {
  const addresses = [0, 1, 2, 3].map((number) => `${NETWORKS[endpoint]}.0.${(wanted + number) % 4}`);
  return addresses.find((ip) =>
    before.every((life) => {
      const holds = life.endpoint === endpoint && life.identities.some((identity) => identity.ip === ip);
      return !holds || life.to <= from || (life.failsAt ?? FOR_EVER) <= from;
    }),
  );
}
