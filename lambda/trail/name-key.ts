import { createHash } from 'node:crypto';

/** DynamoDB's bound on a partition key is 2048 bytes (DynamoDB Developer Guide, quotas); so many characters of UTF-8 stay below it. */
const LONGEST_CHARACTERS = 512;
const ASCII = /^[ -~]*$/;
/** A dot above an i is no mark of its own: without a language, `İ` is both the capital of `i` and a letter with a dot. */
const DOTS_OF_I = /(?<=i\p{M}*)\u0307/gu;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * The key of a person's name: equal for two names that differ in case or in Unicode form only. It is the name's NFKC_Casefold
 * (Unicode Standard, section 3.13), with `İ`, `I`, `ı` and `i` as one letter (ADR 23); that of a very long name is its hash.
 */
export function nameKey(name: string): string {
  // A key attribute may not be empty, and a name may be nothing but invisible characters.
  const key = ASCII.test(name) ? name.toLowerCase() : fold(name) || name.normalize('NFKC');
  return key.length <= LONGEST_CHARACTERS ? key : `sha256#${createHash('sha256').update(key).digest('hex')}`;
}

/** Upper case, then lower; once more where that gives a letter which has a capital of its own (`ẞ`, `ß`, `SS`). */
function fold(text: string): string {
  const lower = text.normalize('NFKD').toUpperCase().toLowerCase();
  // Lower case has a sigma of its own at the end of a word.
  const folded = lower.replaceAll('ς', 'σ').replace(DOTS_OF_I, '').replace(INVISIBLE, '').normalize('NFKC');
  return folded === text ? text : fold(folded);
}
