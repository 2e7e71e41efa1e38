import { INDEX_KEYS, type Item, toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { LATEST, membersWith } from '../../lambda/trail/connection-members.ts';
import { type Difference, differencesOf } from '../compare-item.ts';
import type { Replayed } from './replay.ts';

/** Members that no later row changes. */
const NEVER_CHANGED = ['connectionId', 'endpointId', 'accountId', 'region'];
const FIRST_SIGHT = ['firstSeenAt', 'firstSlot'];
/** Members that a later row rarely changes: then the connection has a former identity. */
const IDENTITY = membersWith({ keeps: 'identity' });
/** Members that depend on rows that may not have been read. */
const HISTORY = new Set([
  'former',
  'sharesAddress',

  ...FIRST_SIGHT,
  'establishedAtIsFirstSight',
  'establishedAfter',
  'contradictions',
  'firstEndedAt',
  'connectedAgainAt',
  'expiresAt',
]);
/** Members that depend on the number of applied entries. */
const ORDER = new Set(['lastEntry', 'expiresAt']);

/** The differences between an item and a connection, except its expiry. */
export function differencesFrom(item: Item, expected: Connection): Difference[] {
  return differencesOf({ ...item, expiresAt: undefined }, toConnectionItem(expected, undefined));
}

/** Like {@link differencesFrom}, except for the entry that changed it last. */
export function differencesBesideOrder(item: Item, expected: Connection): Difference[] {
  return differencesFrom(item, expected).filter(({ field }) => !ORDER.has(field));
}

/** Index keys that do not match the item's own fields: a wrong key hides the item from queries. */
function differingKeys(item: Item, stored: Connection): Difference[] {
  return differencesOf(item, toConnectionItem(stored, undefined), INDEX_KEYS).map(({ field, words }) => ({
    field,
    words: words.replace('the log gives', 'its own fields give'),
  }));
}

/**
 * Contradictions within an item, or with the known part of a connection whose rows were not all read.
 *
 * @param replayed undefined if nothing is known
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
  // Keys follow from all fields, so they are checked against the item's own. Only `longEnd` says that it is long.
  const isField = (name: string) => name === 'longEnd' || !INDEX_KEYS.has(name);
  const known = Object.keys(wanted).filter((name) => isField(name) && wanted[name] !== undefined);
  const names = namesFor(stored, replayed, expected, isLater);
  const only = new Set(known.filter((name) => names?.has(name) ?? !HISTORY.has(name)));
  return [...differencesOf(item, wanted, only), ...differingKeys(item, stored).filter(({ field }) => !only.has(field))];
}

/** The attributes that are certain; undefined for all except {@link HISTORY}. */
function namesFor(
  stored: Connection,
  { isWhole, isSure, states }: Replayed,
  expected: Connection,
  isLater: boolean,
): ReadonlySet<string> | undefined {
  if (isLater) return new Set([...NEVER_CHANGED, ...(isWhole ? FIRST_SIGHT : [])]);
  // AWS reported its end and listed it again: earlier rows decide which of its rows counted.
  if (stored.contradictions) return new Set(NEVER_CHANGED);
  const times = expected.establishedAtIsFirstSight ? [] : ['establishedAt'];
  const lasting = new Set([...NEVER_CHANGED, ...(stored.former ? [] : IDENTITY), ...times]);
  if (stored.lastEntry !== expected.lastEntry || !isSure || states.length > 1) return lasting;
  const isPlain = !expected.establishedAtIsFirstSight && expected.end?.kind === 'reported';
  return isPlain ? undefined : new Set([...lasting, 'status', ...LATEST]);
}
