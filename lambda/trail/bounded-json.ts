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

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

function isDeep(text: string): boolean {
  if (!opensMore(text)) return false;
  let [level, isInText] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInText = !isInText;
    else if (isInText) at += Number(code === BACKSLASH);
    else if (OPENING.has(code)) level += 1;
    else if (CLOSING.has(code)) level -= 1;
    if (level > MOST_LEVELS) return true;
  }
  return false;
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
