import fc from 'fast-check';
import { ALPHA, BETA, HOUR, type Identity, type Life } from './truth.ts';

const MINUTE = 60;
/** Lives are named by their place; a number beyond them names one of them too. */
export const MOST_LIVES = 9;
const NETWORKS: Readonly<Record<string, string>> = { [ALPHA]: '172.31', [BETA]: '10.99' };
const FOR_EVER = Number.POSITIVE_INFINITY;

/** Nothing, but for one in so many; it shrinks to nothing. */
export function rarely<T>(oneIn: number, nothing: T, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> {
  const alternatives = [
    { weight: oneIn - 1, arbitrary: fc.constant(nothing) },
    { weight: 1, arbitrary },
  ] as const;
  return fc.oneof({ withCrossShrink: true }, ...alternatives);
}

/** What a life is made from. */
export interface Seed {
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

/** Some lives of a world, which a world's length makes whole. */
export const seeds = fc.record<Seed>({
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

/** The lives of a world that lasts so many seconds, by when they began. */
export function livesOf(all: readonly Seed[], whole: number): Life[] {
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
