import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { chunkKey } from '../../../lambda/dynamodb/snapshot-keys.ts';
import { chunkObject } from '../../../lambda/trail/archive.ts';
import { unpackChunk } from '../../../lambda/trail/chunks.ts';
import { appendLeaf, EMPTY_RANGE, leafHash, rootOf } from '../../../lambda/trail/proof.ts';
import type { Manifest } from '../../../lambda/trail/snapshot.ts';
import { BOMB, NESTED, NO_NUMBERS } from './tampered-case.ts';
import { itemKey } from './tampered-evidence.ts';
import type { TamperedTrail } from './tampered-trail.ts';

/** Values that stand where others are expected: each once, and whatever JSON may be. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...NO_NUMBERS, 0, -1, 1, 0.5, 1e300, 2 ** 53, Number.MAX_SAFE_INTEGER, 10n ** 37n),
  fc.constantFrom<unknown>('', '-', '~', '__proto__', '\ud800', '0', '1e3', '10.0.0.0/8', 'x'.repeat(5_000), NESTED),
  fc.constantFrom<unknown>(
    '2026-11-20T22:00:00Z',
    '9999-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
  ),
  fc.constantFrom<unknown>(true, false, null, undefined, [], {}, [[]], new Set(['x']), Buffer.alloc(32, 7), BOMB),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A change: of what, where in it, and to what. */
export interface AnyChange {
  readonly kind: keyof typeof CHANGES;
  /** Which item or object; then the way into it. */
  readonly at: number;
  readonly way: readonly number[];
  readonly to: unknown;
}

/** The value with something in it replaced, removed or added. */
export function changed(value: unknown, [next = 0, ...rest]: readonly number[], to: unknown): unknown {
  const isList = Array.isArray(value);
  const isMap = typeof value === 'object' && value !== null && !isList && !(value instanceof Uint8Array);
  if (!isList && !isMap) return changedText(value, [next, ...rest], to);
  const entries: [string, unknown][] = Object.entries(value);
  const [name, member] = entries[next % (entries.length + 1)] ?? ['invented', undefined];
  const now = member !== undefined && rest.length > 0 ? changed(member, rest, to) : to;
  if (!isList) return { ...value, [name]: now };
  const list: unknown[] = [...value];
  if (name === 'invented') list.push(now);
  else list[Number(name)] = now;
  return list;
}

/** JSON in a text is changed within. */
function changedText(value: unknown, way: readonly number[], to: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value) || value.length > 50_000) return to;
  try {
    return textOf(changed(JSON.parse(value), way, to));
  } catch {
    return to;
  }
}

/** JSON that also has whole numbers of any size. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? JSON.rawJSON(String(one)) : one)) ?? '';

/** Bytes and texts as they are, and everything else as JSON. */
export const asBytes = (value: unknown): Uint8Array | string =>
  value instanceof Uint8Array || typeof value === 'string' ? value : textOf(value);

const picked = <T>(all: readonly T[], at: number): T => {
  const one = all[at % all.length];
  if (one === undefined) throw new RangeError('there is nothing to change');
  return one;
};

/** What may be changed in a trail. */
const CHANGES = {
  item: (trail: TamperedTrail, { at, way, to }: AnyChange) => {
    const [key, item] = picked([...trail.snapshots], at);
    trail.snapshots.set(key, changed(item, way, to) as typeof item);
  },
  head: (trail: TamperedTrail, { at, way, to }: AnyChange) => {
    const heads = [...trail.snapshots].filter(([, { endpointId }]) => String(endpointId).startsWith('#'));
    const [key, item] = picked(heads, at);
    trail.snapshots.set(key, changed(item, way, to) as typeof item);
  },
  connection: (trail: TamperedTrail, { at, way, to }: AnyChange) => {
    const [key, item] = picked([...trail.connections], at);
    trail.connections.set(key, changed(item, way, to) as typeof item);
  },
  object: (trail: TamperedTrail, { at, way, to }: AnyChange) => {
    const [key, bytes] = picked([...trail.archive.objects], at);
    trail.write(key, asBytes(changed(Buffer.from(bytes).toString(), way, to)));
  },
  name: (trail: TamperedTrail, { at, way: [cut = 0], to }: AnyChange) => {
    const [key, bytes] = picked([...trail.archive.objects], at);
    trail.write(`${key.slice(0, -(cut + 1))}${String(to).slice(0, 50)}`, bytes);
  },
  signed: (trail: TamperedTrail, { at, way, to }: AnyChange) => {
    const [endpointId, manifests] = picked([...trail.logs], at);
    const entry = (way[0] ?? 0) % manifests.length;
    const texts = manifests.map((manifest, index) =>
      textOf(index === entry ? changed(manifest, way.slice(1), to) : manifest),
    );
    return signAnew(trail, endpointId, texts);
  },
  row: async (trail: TamperedTrail, { at, way, to }: AnyChange) => {
    const [endpointId, manifests] = picked([...trail.logs], at);
    const entry = (way[0] ?? 0) % manifests.length;
    const manifest = manifests[entry];
    const [reference] = manifest?.chunks ?? [];
    const rows = reference && trail.snapshots.get(itemKey(chunkKey(endpointId, reference.sha256)))?.rows;
    if (!manifest || !reference || !(rows instanceof Uint8Array)) return undefined;
    const lines = await unpackChunk(reference, rows);
    const row = (way[1] ?? 0) % lines.length;
    const changed = changedText(lines[row], way.slice(2), to);
    lines[row] = typeof changed === 'string' ? changed : JSON.stringify(changed ?? null);
    const chunk = putChunk(trail, manifest, lines);
    const texts = manifests.map((one, index) =>
      textOf(index === entry ? { ...one, chunks: [{ ...reference, ...chunk }, ...one.chunks.slice(1)] } : one),
    );
    return signAnew(trail, endpointId, texts);
  },
} as const;

function putChunk(trail: TamperedTrail, { endpointId, slot }: Manifest, lines: readonly string[]) {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const sha256 = createHash('sha256').update(text).digest('hex');
  const item = { ...chunkKey(endpointId, sha256), rows: gzipSync(text) };
  trail.snapshots.set(itemKey(item), item);
  trail.write(chunkObject(endpointId, slot, sha256), item.rows);
  return { sha256, rows: lines.length };
}

/** Writes a log anew, with the recorder's key, in store and archive. */
async function signAnew(trail: TamperedTrail, endpointId: string, texts: readonly string[]): Promise<void> {
  let range = EMPTY_RANGE;
  for (const [entry, text] of texts.entries()) {
    const leaf = leafHash(text);
    range = appendLeaf(range, leaf);
    const key = trail.manifestKey(endpointId, entry);
    trail.change(key, { manifest: text, leafHash: leaf, root: rootOf(range), nodes: undefined });
    trail.write(trail.manifestObject(endpointId, entry), text);
    const note = await trail.sign(endpointId, range);
    trail.write(trail.checkpointObject(endpointId, entry), note);
    trail.change(trail.checkpointKey(endpointId), { note, hashes: Buffer.concat(range.hashes) });
  }
}

/** Makes a change. */
export async function makeChange(trail: TamperedTrail, change: AnyChange): Promise<void> {
  await CHANGES[change.kind](trail, change);
}

/** Those of what is in tables. */
export const CHANGES_OF_TABLES = ['item', 'head', 'connection', 'signed', 'row'] as const;

/** Any change of a trail. */
export const anyChange = (kinds = Object.keys(CHANGES) as readonly AnyChange['kind'][]): fc.Arbitrary<AnyChange> =>
  fc.record({ kind: fc.constantFrom(...kinds), ...anyPlace });

/** Where something is changed, and to what. */
export const anyPlace = {
  at: fc.nat(1_000),
  way: fc.array(fc.nat(50), { minLength: 1, maxLength: 5 }),
  to: anyValue,
};

/** How often a property over anything is tried: a few times, always the same, or more with `ANYTHING_RUNS=1000 ANYTHING_SEED=2`. */
export const anyRuns = (few: number) => ({
  numRuns: Number(process.env.ANYTHING_RUNS ?? few),
  seed: Number(process.env.ANYTHING_SEED ?? 7),
});
