import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { type Manifest, manifestText, parseManifest } from '../../lambda/trail/snapshot.ts';
import { foreignAttributes, MANIFEST_ATTRIBUTES } from './foreign-attributes.ts';

/** An item of a log, as the store holds it. */
export interface StoredEntry {
  /** Its sort key: the slot of its manifest. */
  readonly slot: string;
  readonly text: string;
  /** Undefined if the item has none. */
  readonly manifest: Manifest | undefined;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
  /** Concatenated, 32 bytes each. */
  readonly nodes: Uint8Array | undefined;
  /** Attributes that do not belong to it, with their values; absent if there are none. */
  readonly foreign?: Item;
}

/** The items of an endpoint's log in the store. An item may claim a wrong place. */
export class StoredLog {
  readonly #bySlot = new Map<string, StoredEntry>();
  readonly #byEntry = new Map<number, StoredEntry[]>();
  readonly #endpointId: string;

  constructor(endpointId: string) {
    this.#endpointId = endpointId;
  }

  add(item: StoredEntry): void {
    this.#bySlot.set(item.slot, item);
    const { manifest } = item;
    if (manifest?.endpointId !== this.#endpointId) return;
    this.#byEntry.set(manifest.entry, [...(this.#byEntry.get(manifest.entry) ?? []), item]);
  }

  /** All items, by their slot. */
  get items(): Iterable<StoredEntry> {
    return this.#bySlot.values();
  }

  /** The item under the key of a slot. */
  at(slot: string): StoredEntry | undefined {
    return this.#bySlot.get(slot);
  }

  /** The items that claim to be this entry; one at the claimed place comes first. */
  claiming(entry: number): readonly StoredEntry[] {
    const items = this.#byEntry.get(entry) ?? [];
    return items.length < 2 ? items : items.toSorted((one, other) => Number(isPlaced(other)) - Number(isPlaced(one)));
  }

  /** The entries that items claim to be. */
  get claimed(): Iterable<number> {
    return this.#byEntry.keys();
  }

  /** The number of entries according to the items, if plausible. */
  extentFrom(known: number): number {
    let extent = known;
    while (this.#byEntry.has(extent)) extent += 1;
    const most = extent + this.#bySlot.size;
    for (const entry of this.#byEntry.keys()) if (entry >= extent && entry < most) extent = entry + 1;
    return extent;
  }
}

function isPlaced({ slot, manifest }: StoredEntry): boolean {
  return manifest?.slot === slot;
}

/** Reads an endpoint's log from the store. */
export async function readStoredLog(store: StoredEvidence, endpointId: string): Promise<StoredLog> {
  const log = new StoredLog(endpointId);
  for await (const item of store.readEntries(endpointId)) {
    const text = typeof item.manifest === 'string' ? item.manifest : '';
    const foreign = foreignAttributes(item, MANIFEST_ATTRIBUTES);
    log.add({
      slot: String(item.slot),
      text,
      manifest: readManifest(text),
      leafHash: bytesOf(item.leafHash),
      root: bytesOf(item.root),
      nodes: item.nodes === undefined ? undefined : bytesOf(item.nodes),
      ...(foreign ? { foreign } : {}),
    });
  }
  return log;
}

/** The entries that the recorder may have appended since the log was read. */
export async function readNewer(
  store: StoredEvidence,
  endpointId: string,
  last: Manifest | undefined,
): Promise<Manifest[]> {
  const newer: Manifest[] = [];
  for await (const item of store.readEntries(endpointId, last?.slot)) {
    const manifest = readManifest(String(item.manifest));
    if (manifest?.entry !== (last?.entry ?? -1) + 1 + newer.length) break;
    newer.push(manifest);
  }
  return newer;
}

/** The manifest of a text in canonical form; undefined for any other. */
export function readManifest(text: string): Manifest | undefined {
  try {
    const manifest = parseManifest(text);
    return manifestText(manifest) === text ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
