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
