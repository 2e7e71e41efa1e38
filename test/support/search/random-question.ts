import fc from 'fast-check';
import type { Connection } from '../../../lambda/trail/connection.ts';
import { addSeconds, type Instant } from '../../../lambda/trail/time.ts';
import type { AskedSearch } from './expected-answer.ts';
import { HISTORY_ENDPOINTS, type History, moments } from './random-history.ts';
import { ADDRESSES, PEOPLE } from './spellings.ts';

const DAY = 86_400;

/** A moment of its own, or one at, or next to, a time of the history, or as far from it as the indexes' classes reach. */
type Moment = { readonly own: Instant } | { readonly pick: number; readonly beside: number };

const besides: fc.Arbitrary<Moment> = fc.oneof(
  moments.map((own) => ({ own })),
  fc.record({
    pick: fc.nat(999),
    beside: fc.constantFrom(0, 0, 0, -1, 1, -120, 120, DAY, -DAY, DAY - 1, 8 * DAY, -8 * DAY),
  }),
);

const windows = fc.oneof(
  { weight: 3, arbitrary: fc.record({ at: besides }) },
  { weight: 5, arbitrary: fc.record({ since: besides, until: besides }) },
  { weight: 1, arbitrary: fc.record({ since: besides }) },
  { weight: 1, arbitrary: fc.record({ until: besides }) },
  { weight: 1, arbitrary: fc.constant({}) },
);

const NAMES = [...PEOPLE.flat(), 'nobody'];
const IPS = [...ADDRESSES.flat(), '10.9.0.1'];
const some = <T>(...values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });

const filters = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: fc.record({ ip: some(...IPS) }) },
  { weight: 3, arbitrary: fc.record({ user: some(...NAMES) }) },
  { weight: 1, arbitrary: fc.record({ username: some(...NAMES) }) },
  { weight: 1, arbitrary: fc.record({ commonName: some(...NAMES) }) },
  { weight: 1, arbitrary: fc.record({ user: some(...NAMES), ip: some(...IPS) }) },
);

const questions = fc.record({
  window: windows,
  filter: filters,
  endpoint: fc.option(some(...HISTORY_ENDPOINTS), { freq: 3 }),
  status: fc.option(some('active', 'failed-to-terminate', 'terminated'), { freq: 3 }),
  ids: fc.option(fc.array(fc.nat(999), { minLength: 1, maxLength: 6 }), { freq: 15 }),
  match: fc.constantFrom(undefined, undefined, 'overlap' as const, 'started' as const, 'ended' as const),
  limit: fc.constantFrom(1, 2, 3, 5, 1000),
});

/** A question that a test asks, with how many rows it asks for at a time. */
export interface AskedPages {
  readonly asked: AskedSearch;
  readonly limit: number;
}

/** Questions about a history: many of their times lie on its edges. */
export const askedAbout = fc.array(questions, { minLength: 6, maxLength: 6 }).map((all) => {
  return (history: History): AskedPages[] =>
    all.map(({ window, filter, endpoint, status, ids, match, limit }) => {
      const times = timesOf(history);
      const { connections } = history;
      const connectionId = ids?.flatMap((id) => connections[id % Math.max(1, connections.length)]?.connectionId ?? []);
      return {
        limit,
        asked: {
          ...filter,
          ...windowOf(window, times),
          ...(endpoint ? { endpoint } : {}),
          ...(status ? { status } : {}),
          ...(connectionId && connectionId.length > 0 ? { connectionId } : {}),
          ...(match && !('at' in window) ? { match } : {}),
        },
      };
    });
});

/** All times of a history, with those a day and eight days before each endpoint's watermark. */
function timesOf({ connections, recorded }: History): Instant[] {
  const ofConnections = connections.flatMap(
    ({ establishedAt, endedAt, end, unlistedSince, lastSeenAt }: Connection) => [
      establishedAt,
      ...[endedAt, unlistedSince, lastSeenAt].filter((time) => time !== undefined),
      ...(end?.kind === 'inferred' ? end.between : []),
    ],
  );
  return [...ofConnections, ...recorded.flatMap(({ first, projected, newest }) => [first, projected, newest])];
}

function windowOf(window: Readonly<Record<string, Moment>>, times: readonly Instant[]): AskedSearch {
  const read = Object.entries(window).map(([name, moment]) => [name, momentOf(moment, times)] as const);
  const { at, since, until } = Object.fromEntries(read) as Partial<Record<'at' | 'since' | 'until', Instant>>;
  if (at !== undefined) return { at };
  if (since !== undefined && until !== undefined && until < since) return { since: until, until: since };
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

function momentOf(moment: Moment, times: readonly Instant[]): Instant {
  if ('own' in moment) return moment.own;
  return addSeconds(times[moment.pick % times.length] ?? '2026-11-01T00:00:00Z', moment.beside);
}

/** The question as a client writes it. */
export function parametersOf(asked: AskedSearch, limit: number): URLSearchParams {
  const pairs = Object.entries(asked).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : (value as readonly string[])).map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams([...pairs, ['limit', String(limit)]]);
}
