import { fromJson } from '../../lambda/query/json.ts';

/** JSON, with integers that a number cannot hold as bigints; undefined where the text is no JSON. */
export function parseExactly(text: string): unknown {
  try {
    return fromJson(text);
  } catch {
    return undefined;
  }
}
