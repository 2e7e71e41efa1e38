import { createReadStream } from 'node:fs';
import { fromJson, toJson } from '../../query/json.ts';
import { type Activity, LONGEST_LINE, MalformedExport, type ReadRecord, tooLong } from './record.ts';

const LINE_BREAK = 0x0a;
const ACTIVITIES: ReadonlyMap<unknown, Activity> = new Map([
  [1, 'Open'],
  [2, 'Close'],
]);

/** Reads an export of connections as JSON lines. */
export async function* readNdjson(file: string): AsyncIterable<ReadRecord> {
  for await (const { object, where } of readObjects(file)) {
    yield { connectionId: idIn(object, 'connectionId', where), fields: object, where };
  }
}

/** Reads an export of OCSF events as JSON lines. */
export async function* readOcsf(file: string): AsyncIterable<ReadRecord> {
  for await (const { object, where } of readObjects(file)) {
    const fields = flatten(object);
    const activity = ACTIVITIES.get(fields.activity_id);
    if (activity === undefined) {
      throw new MalformedExport(where, `activity_id is ${String(fields.activity_id)}; expected 1 (Open) or 2 (Close)`);
    }
    yield { connectionId: idIn(fields, 'session.uid', where), activity, fields, where };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function idIn(fields: Fields, name: string, where: string): string {
  const text = fields[name];
  if (typeof text === 'string' && text !== '') return text;
  throw new MalformedExport(where, `${name} is ${JSON.stringify(text) ?? 'missing'}; expected a connection's id`);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function* readObjects(file: string): AsyncIterable<{ object: Fields; where: string }> {
  for await (const { bytes, where } of splitLines(file)) yield { object: readObject(bytes, where), where };
}

function readObject(bytes: Uint8Array, where: string): Fields {
  if (bytes.at(-1) !== LINE_BREAK)
    throw new MalformedExport(where, 'ends without a line break: the file was cut short');
  let [text, value]: [string, unknown] = ['', undefined];
  try {
    text = decoder.decode(bytes.subarray(0, -1));
    value = fromJson(text);
  } catch (cause) {
    throw new MalformedExport(where, `no JSON in UTF-8: ${String(cause)}`, { cause });
  }
  // Of a member that is there twice, another reader may take the other one.
  if (toJson(value) !== text) {
    throw new MalformedExport(
      where,
      'not as this product writes it: white space, a number in another form, or a member twice',
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new MalformedExport(where, 'no JSON object; expected one a line');
}

/**
 * Lines with their line breaks. Only LF ends a line: readline also splits at U+2028, which JSON allows unescaped.
 *
 * @throws MalformedExport for a line longer than {@link LONGEST_LINE}, which is not read further
 */
async function* splitLines(file: string): AsyncIterable<{ bytes: Uint8Array; where: string }> {
  let held: Buffer = Buffer.alloc(0);
  let line = 1;
  const checked = (bytes: Buffer) => {
    const where = `line ${line}`;
    if (bytes.length <= LONGEST_LINE) return { bytes, where };
    throw tooLong(where);
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    held = Buffer.concat([held, chunk]);
    let start = 0;
    for (let end = held.indexOf(LINE_BREAK); end >= 0; end = held.indexOf(LINE_BREAK, start)) {
      yield checked(held.subarray(start, end + 1));
      start = end + 1;
      line += 1;
    }
    held = checked(held.subarray(start)).bytes;
  }
  if (held.length > 0) yield checked(held);
}

/**
 * An event's values by dotted path. `unmapped` is only split into the connection's own members. A name with a
 * dot (none of ours) is quoted, so that it cannot be confused with a path.
 */
function flatten(event: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(entriesOf(event, '', false));
}

function entriesOf(object: object, before: string, areLeaves: boolean): [path: string, value: unknown][] {
  return Object.entries(object).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
    const path = before + (name.includes('.') ? JSON.stringify(name) : name);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (areLeaves || !isObject || Object.keys(value).length === 0) return [[path, value]];
    return entriesOf(value, `${path}.`, path === 'unmapped');
  });
}
