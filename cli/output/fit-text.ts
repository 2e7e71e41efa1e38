import stringWidth from 'string-width';

const ONE_COLUMN_EACH = /^[\x20-\x7E]*$/;
const FROM_RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const ELLIPSIS = '…';
const NOWHERE = /$^/;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  return ONE_COLUMN_EACH.test(text) ? text.length : stringWidth(text);
}

/** The text, or as much of its beginning as leaves room for an ellipsis. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const [first = ''] = breakAt(text, width - 1, NOWHERE);
  return `${first}${ELLIPSIS}`;
}

/**
 * The text in lines that are no wider: broken at spaces, and within words that are wider themselves after a dot, an @ or the like, so
 * that a name is read in its parts.
 */
export function wrapTo(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakAt(word, width);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line];
}

/**
 * The text filled up with spaces. What is written from right to left is set apart, so that it does not turn the columns
 * beside it round.
 */
export function padTo(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  const shown = FROM_RIGHT_TO_LEFT.test(text) ? `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}` : text;
  return align === 'right' ? `${space}${shown}` : `${shown}${space}`;
}

/** Where a name, a path or an address may be broken: after one of these. */
const SEPARATOR = /[.@:/_-]/;

/** Pieces that are no wider, broken after a separator, or after all of several (`::`); where there is none, between what is seen as characters. */
function breakAt(text: string, width: number, separator = SEPARATOR): string[] {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  let whole = 0;
  let isAfterSeparator = false;
  for (const { segment } of graphemes.segment(text)) {
    const needed = widthOf(segment);
    const isSeparator = separator.test(segment);
    if (isAfterSeparator && !isSeparator) whole = piece.length;
    while (used + needed > width && piece !== '') {
      pieces.push(piece.slice(0, whole || piece.length));
      piece = whole ? piece.slice(whole) : '';
      used = widthOf(piece);
      whole = 0;
    }
    piece += segment;
    used += needed;
    isAfterSeparator = isSeparator;
  }
  return [...pieces, piece];
}
