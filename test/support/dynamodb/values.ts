/** An attribute's value on the wire: one member, named by its type. */
export type Value = Readonly<Record<string, unknown>>;
/** Attributes on the wire, by name. */
export type Attributes = Readonly<Record<string, Value>>;

const utf8 = (text: string) => Buffer.byteLength(text);

/** The type and the content of a value. */
export function typed(value: Value): [type: string, content: unknown] {
  for (const type in value) return [type, value[type]];
  return ['', undefined];
}

/** A value, or one that it holds at some depth. */
export interface NestedValue {
  readonly type: string;
  readonly content: unknown;
  readonly depth: number;
}

/** A value and all that it holds. */
export function valuesWithin(value: Value, depth = 0): NestedValue[] {
  const [type, content] = typed(value);
  const members = type === 'L' || type === 'M' ? Object.values(content as Record<string, Value>) : [];
  return [{ type, content, depth }, ...members.flatMap((member) => valuesWithin(member, depth + 1))];
}

/** Bytes of a text, of base64, or of a number, as keys and items are measured. */
export function bytesOf(value: Value): number {
  const [type, content] = typed(value);
  if (type === 'S') return utf8(content as string);
  if (type === 'B') return Buffer.byteLength(content as string, 'base64');
  if (type === 'N') return Math.ceil(significantDigits(content as string) / 2) + 1;
  if (/^[SNB]S$/.test(type)) return sum((content as unknown[]).map((one) => bytesOf({ [type.charAt(0)]: one })));
  if (type === 'L') return 3 + sum((content as Value[]).map((one) => 1 + bytesOf(one)));
  if (type === 'M') return 3 + sum(Object.entries(content as Attributes).map(([k, v]) => 1 + utf8(k) + bytesOf(v)));
  return 1;
}

/** Bytes of an item, names included (developer guide, "DynamoDB Item sizes and formats"). */
export const itemBytes = (item: Attributes): number =>
  sum(Object.entries(item).map(([name, value]) => utf8(name) + bytesOf(value)));

/** Digits of a number but for zeros before and behind. */
export const significantDigits = (number: string): number =>
  number
    .replace(/e.*$/i, '')
    .replaceAll(/[-+.]/g, '')
    .replace(/^0+|0+$/g, '').length;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Texts and bytes sort by their bytes, numbers by their value (developer guide, "Supported data types"). */
export function compared(one: Value, other: Value): number {
  const [type, content] = typed(one);
  if (type === 'N') return Number(content) - Number(typed(other)[1]);
  return Buffer.compare(contentOf(one), contentOf(other));
}

function contentOf(value: Value): Buffer {
  const [type, content] = typed(value);
  return Buffer.from(String(content), type === 'B' ? 'base64' : 'utf8');
}

/** Whether a key value meets a condition on it, by the condition's operator. */
export const WITHIN: Readonly<Record<string, (value: Value, first?: Value, last?: Value) => boolean>> = {
  '=': (value, first = {}) => compared(value, first) === 0,
  '<': (value, first = {}) => compared(value, first) < 0,
  '<=': (value, first = {}) => compared(value, first) <= 0,
  '>': (value, first = {}) => compared(value, first) > 0,
  '>=': (value, first = {}) => compared(value, first) >= 0,
  BETWEEN: (value, first = {}, last = {}) => compared(value, first) >= 0 && compared(value, last) <= 0,
  BEGINS_WITH: (value, first = {}) => contentOf(value).indexOf(contentOf(first)) === 0,
};
