import { MOST_LEVELS } from './bounded-json.ts';

/** The values of canonical JSON: no floating point, no null, nothing that implementations write differently. */
export type CanonicalValue =
  | string
  | number
  | boolean
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue | undefined };

/**
 * The canonical text of a value: JSON without white space, keys sorted by UTF-16 code unit, absent values omitted, integers
 * only (RFC 8785, restricted to values that all JSON writers write alike). `docs/data.md` describes it.
 *
 * @throws RangeError for a number that is not a safe integer, for null, and for what is nested too deep
 */
export function canonicalJson(value: CanonicalValue): string {
  return textOf(value, 0);
}

function textOf(value: CanonicalValue, level: number): string {
  if (level > MOST_LEVELS) throw new RangeError(`canonical JSON has at most ${MOST_LEVELS} levels`);
  if (value === null) throw new RangeError('canonical JSON holds no null');
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`canonical JSON holds whole numbers below 2^53, got ${value}`);
  }
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map((one) => textOf(one, level + 1)).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${textOf(member, level + 1)}`);
  }
  return `{${members.join(',')}}`;
}

function isArray(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}
