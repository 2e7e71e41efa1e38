import type { Item } from '../../../lambda/dynamodb/connection-item.ts';
import { watermarkId } from '../../../lambda/dynamodb/dynamodb-projection.ts';
import { checkpointKey, chunkKey, gapsOf, headKey, manifestKey } from '../../../lambda/dynamodb/snapshot-keys.ts';
import { checkpointObject, chunkObject, gapObject, manifestObject } from '../../../lambda/trail/archive.ts';
import { originOf, signCheckpoint } from '../../../lambda/trail/checkpoint.ts';
import { appendLeaf, type CompactRange, EMPTY_RANGE, leafHash, rootOf } from '../../../lambda/trail/proof.ts';
import type { Signer } from '../../../lambda/trail/signed-note.ts';
import { type Manifest, manifestText } from '../../../lambda/trail/snapshot.ts';
import { collectFindings } from '../../../verification/findings.ts';
import { type VerifyOptions, verifyTrail } from '../../../verification/verify-trail.ts';
import { MemoryArchive } from '../recording/memory-archive.ts';
import { RecordedTrail } from '../recording/recorded-trail.ts';
import { writeItems } from '../recording/write-items.ts';
import { itemKey, MemoryEvidence, type Table } from './tampered-evidence.ts';
import { lineOf } from './tampered-names.ts';

/** A copy of a recorded trail that may be tampered with. Items are replaced, never changed. */
export class TamperedTrail {
  readonly evidence: MemoryEvidence;
  readonly archive = new MemoryArchive();
  readonly logs: ReadonlyMap<string, readonly Manifest[]>;
  readonly now: Date;
  /** What the recorder signs with. */
  readonly signer: Signer;

  private constructor(
    contents: { snapshots: Iterable<Item>; connections: Iterable<Item>; objects: ReadonlyMap<string, Uint8Array> },
    logs: ReadonlyMap<string, readonly Manifest[]>,
    now: Date,
    signer: Signer,
  ) {
    this.evidence = new MemoryEvidence(contents.snapshots, contents.connections);
    for (const [key, bytes] of contents.objects) this.archive.objects.set(key, bytes);
    this.logs = logs;
    this.now = now;
    this.signer = signer;
  }

  static async of(trail: RecordedTrail): Promise<TamperedTrail> {
    const snapshots = await trail.scan(trail.options.SNAPSHOTS_TABLE);
    const connections = await trail.scan(trail.options.CONNECTIONS_TABLE);
    const endpoints = (await trail.log.readEndpoints()).map(({ endpointId }) => endpointId);
    const logs = endpoints.map(async (endpointId) => [endpointId, await trail.manifests(endpointId)] as const);
    const contents = { snapshots, connections, objects: trail.archive.objects };
    return new TamperedTrail(contents, new Map(await Promise.all(logs)), trail.now, trail.signer);
  }

  copy(): TamperedTrail {
    const { snapshots, connections } = this;
    const contents = {
      snapshots: snapshots.values(),
      connections: connections.values(),
      objects: this.archive.objects,
    };
    return new TamperedTrail(contents, this.logs, this.now, this.signer);
  }

  /** The same trail in tables and an archive of its own, much faster than it was recorded. */
  async store(): Promise<RecordedTrail> {
    const trail = Object.assign(await RecordedTrail.start(), { now: this.now, signer: this.signer });
    const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE } = trail.options;
    await writeItems(trail.tables.documents, SNAPSHOTS_TABLE, [...this.snapshots.values()]);
    await writeItems(trail.tables.documents, CONNECTIONS_TABLE, [...this.connections.values()]);
    for (const [key, bytes] of this.archive.objects) trail.archive.objects.set(key, bytes);
    return trail;
  }

  get snapshots(): Table {
    return this.evidence.snapshots ?? new Map();
  }

  get connections(): Table {
    return this.evidence.connections ?? new Map();
  }

  /** An entry of a log; negative from its end. */
  manifest(endpointId: string, entry: number): Manifest {
    const manifest = this.logs.get(endpointId)?.at(entry);
    if (!manifest) throw new Error(`there is no entry ${entry} of ${endpointId}`);
    return manifest;
  }

  /** The text of its manifest with other members. */
  manifestWith(endpointId: string, entry: number, members: object): string {
    return manifestText({ ...this.manifest(endpointId, entry), ...members });
  }

  /** Where an endpoint's log ends. */
  lengthOf(endpointId: string): number {
    return this.logs.get(endpointId)?.length ?? 0;
  }

  /** Keys of items. */
  manifestKey = (endpointId: string, entry: number): string =>
    itemKey(manifestKey(endpointId, this.manifest(endpointId, entry).slot));
  chunkKey = (endpointId: string, entry: number, index = 0): string =>
    itemKey(chunkKey(endpointId, this.sha256(endpointId, entry, index)));
  headKey = (endpointId: string): string => itemKey(headKey(endpointId));
  checkpointKey = (endpointId: string): string => itemKey(checkpointKey(endpointId));
  gapKeys = (endpointId: string): string[] =>
    [...this.snapshots].filter(([, item]) => item.endpointId === gapsOf(endpointId)).map(([key]) => key);
  watermarkKey = watermarkId;

  /** Names of objects. */
  manifestObject = (endpointId: string, entry: number): string =>
    manifestObject(endpointId, this.manifest(endpointId, entry).entry);
  checkpointObject = (endpointId: string, entry: number): string =>
    checkpointObject(endpointId, this.manifest(endpointId, entry).entry + 1);
  chunkObject = (endpointId: string, entry: number, index = 0): string =>
    chunkObject(endpointId, this.manifest(endpointId, entry).slot, this.sha256(endpointId, entry, index));
  gapObject = gapObject;

  sha256(endpointId: string, entry: number, index = 0): string {
    const reference = this.manifest(endpointId, entry).chunks[index];
    if (!reference) throw new Error(`entry ${entry} of ${endpointId} has no chunk ${index}`);
    return reference.sha256;
  }

  /** Replaces members of an item of the evidence, or of a connection. */
  change(key: string, members: Item): void {
    const table = this.connections.has(key) ? this.connections : this.snapshots;
    const item = table.get(key);
    if (!item) throw new Error(`there is no item ${key}`);
    table.set(key, { ...item, ...members });
  }

  /** Gives what two items of the evidence have of a member to each other. */
  exchangeMember(one: string, other: string, member: string): void {
    const [first, second] = [this.snapshots.get(one)?.[member], this.snapshots.get(other)?.[member]];
    this.change(one, { [member]: second });
    this.change(other, { [member]: first });
  }

  remove(key: string): void {
    if (!this.connections.delete(key) && !this.snapshots.delete(key)) throw new Error(`there is no item ${key}`);
  }

  write(object: string, content: string | Uint8Array): void {
    this.archive.objects.set(object, Buffer.from(content));
  }

  erase(object: string): void {
    if (!this.archive.objects.delete(object)) throw new Error(`there is no object ${object}`);
  }

  /** Exchanges the contents of two objects. */
  exchange(one: string, other: string): void {
    const [first, second] = [this.archive.objects.get(one), this.archive.objects.get(other)];
    if (!first || !second) throw new Error(`there is no ${one} or ${other}`);
    this.write(one, second);
    this.write(other, first);
  }

  /** A manifest's item, consistent in itself after the tree before it. */
  putManifest(manifest: Manifest, before: CompactRange): CompactRange {
    const leaf = leafHash(manifestText(manifest));
    const range = appendLeaf(before, leaf);
    const key = manifestKey(manifest.endpointId, manifest.slot);
    const members = { manifest: manifestText(manifest), leafHash: leaf, root: rootOf(range), nodes: undefined };
    this.snapshots.set(itemKey(key), { ...key, ...members });
    return range;
  }

  /** The tree of a log's first entries. */
  rangeOf(endpointId: string, size: number): CompactRange {
    const manifests = (this.logs.get(endpointId) ?? []).slice(0, size);
    return manifests.reduce((range, manifest) => appendLeaf(range, leafHash(manifestText(manifest))), EMPTY_RANGE);
  }

  /** A signed checkpoint of a range. */
  sign(endpointId: string, range: CompactRange, signer = this.signer): Promise<string> {
    return signCheckpoint({ origin: originOf(endpointId), size: range.size, root: rootOf(range) }, signer);
  }

  /** What a verification of it finds, each as {@link lineOf} has it, in the order of these. */
  async faults(
    options: Partial<VerifyOptions> = {},
    which: 'both' | 'archive alone' = 'both',
  ): Promise<{ faults: string[]; notes: readonly string[] }> {
    const { evidence, archive, now } = this;
    const findings = collectFindings(() => undefined);
    const ports = { store: which === 'both' ? evidence : undefined, archive, now: () => now, findings };
    await verifyTrail(ports, { keys: [], ...options });
    return { faults: findings.faults.map((fault) => lineOf(fault, this.logs)).sort(), notes: findings.notes };
  }
}
