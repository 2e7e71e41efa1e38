import { isObject, Unreadable } from './judged.ts';

/** How deep JSON may be nested. AWS's rows have three levels; without an end, nesting stops whoever walks through it. */
export const MOST_LEVELS = 1_000;

/**
 * The value of a JSON text that anybody may have written.
 *
 * @throws SyntaxError if it is not JSON, or is nested deeper than {@link MOST_LEVELS}
 */
export function parseJson(text: string): unknown {
  checkLevels(text);
  return JSON.parse(text) as unknown;
}

/** @throws SyntaxError if a text that may be JSON is nested deeper than {@link MOST_LEVELS} */
export function checkLevels(text: string): void {
  if (isDeep(text)) throw new SyntaxError(`it is nested deeper than ${MOST_LEVELS} levels`);
}

/**
 * The members of a JSON object that anybody may have written.
 *
 * @param what names it, to begin a sentence
 * @throws Unreadable
 */
export function parseObject(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new Unreadable(`${what} is no JSON that can be read: ${String(cause)}.`, undefined, { cause });
  }
  if (isObject(value)) return value;
  throw new Unreadable(`${what} is no JSON object.`);
}

function isDeep(text: string): boolean {
  if (!opensMore(text)) return false;
  let level = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    // Most of a long text is names and values: they are jumped over, in half the time.
    if (character === '"') at = endOfText(text, at);
    else if (character === '{' || character === '[') level += 1;
    else if (character === '}' || character === ']') level -= 1;
    if (level > MOST_LEVELS) return true;
  }
  return false;
}

/** The place of the quote that ends the text which begins at a place; the end of all where there is none. */
function endOfText(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

/** Whether it has as many opening brackets at all: nearly every text has not, and needs no walk. */
function opensMore(text: string): boolean {
  let brackets = 0;
  for (const bracket of '[{') {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets > MOST_LEVELS) return true;
    }
  }
  return false;
}
