import type { Item } from '../lambda/dynamodb/connection-item.ts';

/** An attribute with a wrong value. */
export interface Difference {
  readonly field: string;
  /** The actual and the expected value, for people. */
  readonly words: string;
}

/**
 * The attributes in which an item differs from the expected one, including unexpected attributes.
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

/** A value as text for comparison: the order of an object's members does not matter, and equal integers have equal texts. */
function comparable(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return `n${value}`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('base64')}`;
  if (Array.isArray(value)) return `[${value.map(comparable).join()}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members
      .map(([name, member]) => `${JSON.stringify(name)}:${comparable(member)}`)
      .sort()
      .join()}}`;
  }
  return JSON.stringify(value) ?? 'absent';
}

/** Whether two values are the same. */
export function isSameValue(one: unknown, other: unknown): boolean {
  return comparable(one) === comparable(other);
}

/** A value for people; texts in quotes, long ones cut. */
export function fieldText(value: unknown): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'bigint') return String(value);
  const text =
    JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member)) ?? '';
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
}
