import { createHash } from 'node:crypto';

/** DynamoDB limits a partition key to 2048 bytes (DynamoDB Developer Guide, quotas); this many UTF-8 characters fit. */
const LONGEST_CHARACTERS = 512;
const ASCII = /^[ -~]*$/;
/** A dot above an i is ignored: without a known language, `İ` may be the capital of `i` or a letter with a dot. */
const DOTS_OF_I = /(?<=i\p{M}*)\u0307/gu;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * The key of a person's name: equal for names that differ only in case or Unicode form. It is the name's NFKC_Casefold
 * (Unicode Standard, section 3.13), with `İ`, `I`, `ı` and `i` as one letter (ADR 23). A very long key is replaced by its hash.
 */
export function nameKey(name: string): string {
  // A key attribute may not be empty, and a name may have only invisible characters.
  const key = ASCII.test(name) ? name.toLowerCase() : fold(name) || name.normalize('NFKC');
  return key.length <= LONGEST_CHARACTERS ? key : `sha256#${createHash('sha256').update(key).digest('hex')}`;
}

/** Upper case, then lower case; repeated if the result has a letter with another capital (`ẞ`, `ß`, `SS`). */
function fold(text: string): string {
  const lower = text.normalize('NFKD').toUpperCase().toLowerCase();
  // Lower case has a special sigma at the end of a word.
  const folded = lower.replaceAll('ς', 'σ').replace(DOTS_OF_I, '').replace(INVISIBLE, '').normalize('NFKC');
  return folded === text ? text : fold(folded);
}
