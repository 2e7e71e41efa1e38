import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import { fieldText, isSameValue } from './compare-values.ts';

/** An attribute that is not as it should be. */
export interface Difference {
  readonly field: string;
  /** What it is, and what it should be, for people. */
  readonly words: string;
}

/**
 * The attributes in which an item differs from what it should be, those that it should not have included.
 *
 * @param only these; absent for all
 */
export function differencesOf(item: Item, wanted: Item, only?: ReadonlySet<string>): Difference[] {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(item)])];
  return names
    .filter((name) => (only?.has(name) ?? true) && !isSameValue(item[name], wanted[name]))
    .map((field) => ({ field, words: wordsOf(field, item[field], wanted[field]) }));
}

function wordsOf(field: string, found: unknown, expected: unknown): string {
  if (found instanceof Uint8Array || expected instanceof Uint8Array) return `${field} differs`;
  return `${field} is ${fieldText(found)}; the log gives ${fieldText(expected)}`;
}
