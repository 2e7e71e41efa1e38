import { fromJson } from '../../lambda/query/json.ts';

/** JSON, with integers beyond JavaScript's safe integers as bigints; undefined if the text is not JSON. */
export function parseExactly(text: string): unknown {
  try {
    return fromJson(text);
  } catch {
    return undefined;
  }
}
