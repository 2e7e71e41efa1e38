import { INDEX_KEYS, type Item, toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { LATEST, membersWith } from '../../lambda/trail/connection-members.ts';
import { type Difference, differencesOf } from '../compare-item.ts';
import type { Replayed } from './replay.ts';

/** What no later row changes. */
const FIRST = ['connectionId', 'endpointId', 'accountId', 'region'];
const FIRST_SIGHT = ['firstSeenAt', 'firstSlot'];
/** What a later row may change, though none is known to. */
const IDENTITY = membersWith({ keeps: 'identity' });
/** What follows from rows that may not have been read. */
const HISTORY = new Set([...FIRST_SIGHT, 'establishedAtIsFirstSight', 'contradictions', 'expiresAt']);
/** What says how many entries it took to come to this state. */
const ORDER = new Set(['lastEntry', 'expiresAt']);

/** Where an item differs from a connection; when it expires is another question. */
export function differencesFrom(item: Item, expected: Connection): Difference[] {
  return differencesOf({ ...item, expiresAt: undefined }, toConnectionItem(expected, undefined));
}

/** As {@link differencesFrom}, but for the entry that changed it last. */
export function differencesBesideOrder(item: Item, expected: Connection): Difference[] {
  return differencesFrom(item, expected).filter(({ field }) => !ORDER.has(field));
}

/** Where the keys of an item's indexes do not follow from its own fields: one that does not hides it from questions. */
function differingKeys(item: Item, stored: Connection): Difference[] {
  return differencesOf(item, toConnectionItem(stored, undefined), INDEX_KEYS).map(({ field, words }) => ({
    field,
    words: words.replace('the log gives', 'its own fields give'),
  }));
}

/**
 * Where an item contradicts what is known of a connection of which not all has been read, or itself.
 *
 * @param replayed undefined where nothing is known
 * @param isLater whether the item says that an entry after all that was read changed it
 */
export function contradictionsTo(
  item: Item,
  stored: Connection,
  replayed: Replayed | undefined,
  isLater: boolean,
): Difference[] {
  const expected = replayed?.states.at(-1);
  if (!replayed || !expected) return differingKeys(item, stored);
  const wanted = toConnectionItem(expected, undefined);
  // A key follows from all fields; they are checked against the item's own. That it is long only `longEnd` says.
  const isField = (name: string) => name === 'longEnd' || !INDEX_KEYS.has(name);
  const known = Object.keys(wanted).filter((name) => isField(name) && wanted[name] !== undefined);
  const names = namesFor(stored, replayed, expected, isLater);
  const only = new Set(known.filter((name) => names?.has(name) ?? !HISTORY.has(name)));
  return [...differencesOf(item, wanted, only), ...differingKeys(item, stored).filter(({ field }) => !only.has(field))];
}

/** The attributes that are surely known; undefined for all but {@link HISTORY}. */
function namesFor(
  stored: Connection,
  { isWhole, isSure, states }: Replayed,
  expected: Connection,
  isLater: boolean,
): ReadonlySet<string> | undefined {
  if (isLater) return new Set([...FIRST, ...(isWhole ? FIRST_SIGHT : [])]);
  // AWS said that it had ended, and listed it again: which of its rows counted, earlier ones decide.
  if (stored.contradictions) return new Set(FIRST);
  const times = expected.establishedAtIsFirstSight ? [] : ['establishedAt'];
  const lasting = new Set([...FIRST, ...IDENTITY, ...times]);
  if (stored.lastEntry !== expected.lastEntry || !isSure || states.length > 1) return lasting;
  const isPlain = !expected.establishedAtIsFirstSight && expected.end?.kind === 'reported';
  return isPlain ? undefined : new Set([...lasting, 'status', ...LATEST]);
}
