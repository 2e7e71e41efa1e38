import { toJson } from '../../lambda/query/json.ts';

/** What a terminal might act on, and JSON need not escape. */
const UNESCAPED = /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g;

/** A value as JSON, on one line unless there is an indent. Integers of any size are written as they are. */
export function printableJson(value: unknown, indent?: number): string {
  return toJson(value, indent).replace(
    UNESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
