import { type Instant, toInstant } from './time.ts';

/** What is stored is nothing that the trail writes: it was damaged, or changed. The message names the item. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  /** The member whose value is wrong, if it is one. */
  readonly member: string | undefined;

  constructor(message: string, member?: string, options?: ErrorOptions) {
    super(message, options);
    this.member = member;
  }
}

/** Whether a value is what a member holds. */
export type Judge = (value: unknown) => boolean;

/** What the members of something stored hold. Others are not judged: later versions may add some. */
export type Judges<T = Record<string, unknown>> = { readonly [Name in keyof T]-?: Judge };

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isFlag = (value: unknown): value is true => value === true;
/** A whole number that JavaScript holds exactly, from 0 on. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
/** Of any size, but small enough for a bigint. */
export const isInteger = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' || Number.isSafeInteger(value);
export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
/** A SHA-256, or an Ed25519 key: 32 bytes. */
export const isHash = (value: unknown): value is Uint8Array => isBytes(value) && value.length === 32;
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isListOf =
  (judge: Judge): Judge =>
  (value) =>
    Array.isArray(value) && value.every(judge);
export const isMapOf =
  (judge: Judge): Judge =>
  (value) =>
    isObject(value) && Object.values(value).every(judge);
export const isOneOf =
  (...values: readonly unknown[]): Judge =>
  (value) =>
    values.includes(value);
export const optional =
  (judge: Judge): Judge =>
  (value) =>
    value === undefined || judge(value);
export const isObjectOf =
  (judges: Judges): Judge =>
  (value) =>
    isObject(value) && wrongMember(value, judges) === undefined;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** A moment that there is, in the form in which the trail writes it. */
export function isInstant(value: unknown): value is Instant {
  if (typeof value !== 'string' || !INSTANT.test(value)) return false;
  const milliseconds = Date.parse(value);
  // Every month has 28 days: only later ones need the slow check.
  return !Number.isNaN(milliseconds) && (value.slice(8, 10) <= '28' || toInstant(milliseconds) === value);
}

/** Seconds since 1970 that an instant can tell. */
export const isSeconds = (value: unknown): value is number => isCount(value) && value <= LAST_SECOND;

const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z') / 1000;

/** The first member that is not what it should be. */
function wrongMember(value: Readonly<Record<string, unknown>>, judges: Judges): string | undefined {
  for (const name in judges) if (!judges[name]?.(value[name])) return name;
  return undefined;
}

/**
 * Judges what was stored before it is used.
 *
 * @param what names it, to begin a sentence
 * @throws Unreadable
 */
export function judge(what: string, value: Readonly<Record<string, unknown>>, judges: Judges): void {
  const member = wrongMember(value, judges);
  if (member === undefined) return;
  const message = `${what} is not as it was recorded: ${member} is ${given(value[member])}.`;
  throw new Unreadable(message, value[member] === undefined ? undefined : member);
}

const isSimple = (value: unknown): value is string | number | bigint | boolean | null =>
  typeof value !== 'object' || value === null;

function given(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = isSimple(value) ? JSON.stringify(String(value)) : `a ${kindOf(value)}`;
  return text.length <= LONGEST_GIVEN ? text : `${text.slice(0, LONGEST_GIVEN)}…`;
}

/** A number that is none of the trail's comes as an object of the library's, which tells its digits. */
function kindOf(value: object): string {
  if (Array.isArray(value)) return 'list';
  return 'value' in value && isText(value.value) ? `number that is not whole, ${value.value}` : 'map';
}

const LONGEST_GIVEN = 80;
