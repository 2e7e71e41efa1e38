import { toJson } from '../lambda/query/json.ts';

/**
 * Characters that are unsafe on a terminal: control characters (escape sequences begin with one), line and paragraph
 * separators, lone surrogates, and invisible characters such as those that change the writing direction.
 * Joiners stay between characters that they may join.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200C\u200D])\p{Cf}|(?<=^|[\0-\u007F])[\u200C\u200D]|[\u200C\u200D](?=$|[\0-\u007F])/gu;

/** Text that is safe to show on a terminal: unsafe characters are shown as `\u{1B}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16).toUpperCase()}}`);
}

/** Lines of text, each {@link printable}. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** What a terminal might act on, and JSON need not escape. */
const UNESCAPED = /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g;

/** A value as JSON, on one line unless there is an indent. Integers of any size are written as they are. */
export function printableJson(value: unknown, indent?: number): string {
  return toJson(value, indent).replace(
    UNESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
