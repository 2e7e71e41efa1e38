import { checkLevels, parseJson } from '../trail/bounded-json.ts';

declare global {
  interface JSON {
    /** ECMAScript's "JSON.parse source text access": TypeScript's library does not know it yet. */
    rawJSON(text: string): unknown;
  }
}

/**
 * The JSON text of an answer. Counters may exceed JavaScript's safe integers, so they are written as full digits, as JSON allows.
 */
export function toJson(value: unknown, indent?: number): string {
  const exact = (_: string, member: unknown) => (typeof member === 'bigint' ? JSON.rawJSON(member.toString()) : member);
  return JSON.stringify(value, exact, indent);
}

type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

/** The same proposal: the third argument is not known yet either. */
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Where a number may exceed JavaScript's safe integers: inside, and the whole. A match inside a text costs only time. */
const MAY_BE_LARGE = [/[:,[]\s*-?\d{16}/, /^\s*-?\d{16}/];

/**
 * The value of a JSON text; integers beyond JavaScript's safe integers become bigints.
 *
 * @throws SyntaxError if the text is not JSON, or is nested deeper than `MOST_LEVELS`
 */
export function fromJson(text: string): unknown {
  // Reading the source text of each value takes eight times as long, and is rarely needed.
  if (!MAY_BE_LARGE.some((one) => one.test(text))) return parseJson(text);
  checkLevels(text);
  return parseWithSource(text, (_, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '')
      ? BigInt(source ?? '')
      : value,
  );
}
