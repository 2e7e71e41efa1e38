import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import { chunkObject } from '../../lambda/trail/archive.ts';
import { joinParts, LARGEST_UNPACKED_BYTES, unpackChunk } from '../../lambda/trail/chunks.ts';
import { inOrder } from '../../lambda/trail/in-order.ts';
import { type ChunkReference, hasExpired, itemHashes, type Manifest } from '../../lambda/trail/snapshot.ts';
import type { Fault, Findings } from '../findings.ts';
import { collectFindings } from '../findings.ts';
import { CHUNKS_AT_ONCE, type ChunkCounts, type ChunkSources, type ReadEntry, verifyChunks } from './verify-chunks.ts';
import type { VerifiedLog } from './verify-log.ts';

/** Limits of rows and snapshots that are read together, since a request for each snapshot would be slow. */
const ROWS_AT_ONCE = 5_000;
const SNAPSHOTS_AT_ONCE = 10;
const GROUPS_AHEAD = 3;
const ENTRIES_A_LINE = 100;

/** The sources of the rows, and the receiver of findings. */
export interface ContentPorts extends ChunkSources {
  readonly findings: Findings;
  /** Aborted to stop. */
  readonly signal?: AbortSignal | undefined;
}

type VerifiedEntry = ReadEntry & { readonly faults: readonly Fault[]; readonly held: number };

/** Characters of rows that were read ahead: two bytes each at most. */
const MOST_AHEAD = 128 * 1024 ** 2;

/** Lets snapshots in, in order, while those before them hold little enough. One alone may hold as much as a snapshot can. */
class Ahead {
  #held = 0;
  readonly #waiting: (() => void)[] = [];

  enter(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.change(0, 0);
    });
  }

  /** One that is in holds other than what was taken for it, or nothing any more. */
  change(before: number, now: number): void {
    this.#held += now - before;
    while (this.#waiting.length > 0 && (this.#held === 0 || this.#held + LARGEST_UNPACKED_BYTES <= MOST_AHEAD)) {
      this.#held += LARGEST_UNPACKED_BYTES;
      this.#waiting.shift()?.();
    }
  }
}

/** The rows of an endpoint's snapshots, verified chunk by chunk. */
export class SnapshotContents {
  /** Slots of the entries whose rows were all read. */
  readonly readSlots = new Set<string>();
  readonly #ports: ContentPorts;
  readonly #log: Pick<VerifiedLog, 'stored' | 'archived'>;
  readonly #counts: ChunkCounts;
  readonly #told = new Set<string>();
  readonly #ahead = new Ahead();

  constructor(ports: ContentPorts, log: Pick<VerifiedLog, 'stored' | 'archived'>, counts: ChunkCounts) {
    this.#ports = ports;
    this.#log = log;
    this.#counts = counts;
  }

  /** Bytes that match the manifest, from any source. */
  async readAgain({ endpointId, slot }: Manifest, reference: ChunkReference): Promise<Uint8Array | undefined> {
    const { store, archive } = this.#ports;
    const hashes = itemHashes(reference);
    const items = await store?.readChunks(endpointId, hashes);
    const stored = joinParts(hashes.map((sha256) => items?.get(sha256)?.rows));
    const isRight = stored && (await unpackChunk(reference, stored).catch(() => undefined));
    return isRight ? stored : archive?.get(chunkObject(endpointId, slot, reference.sha256));
  }

  /** Verifies and reads snapshots, in order; some are read ahead. */
  async *read(manifests: readonly Manifest[]): AsyncGenerator<ReadEntry> {
    const { findings, signal } = this.#ports;
    let done = 0;
    for await (const group of inOrder(groupsOf(manifests), GROUPS_AHEAD, (some) => this.#beginGroup(some))) {
      for (const verifying of group) {
        const { manifest, content, faults, held } = await verifying;
        signal?.throwIfAborted();
        for (const fault of faults) this.#tellOnce(fault);
        if (manifest.kind === 'closed' || content) this.readSlots.add(manifest.slot);
        yield { manifest, content };
        this.#ahead.change(held, 0);
        done += 1;
        if (done % ENTRIES_A_LINE === 0 || done === manifests.length) {
          findings.progress(`${manifest.endpointId}  ${done} of ${manifests.length} entries verified and replayed`);
        }
      }
    }
  }

  /** Reads the stored chunks of several snapshots with one request, and begins to verify them. */
  async #beginGroup(manifests: readonly Manifest[]): Promise<readonly Promise<VerifiedEntry>[]> {
    const { store } = this.#ports;
    // In the order of the log: what is waited for next must not wait for what comes after it.
    const entered = manifests.map((manifest) => ({ manifest, turn: this.#ahead.enter() }));
    const wanted = manifests.filter(({ entry }) => this.#log.stored.has(entry)).flatMap(({ chunks }) => chunks);
    const hashes = [...new Set(wanted.flatMap(itemHashes))];
    const [first] = manifests;
    const isFew = wanted.length <= CHUNKS_AT_ONCE && hashes.length > 0;
    const stored = store && first && isFew ? await store.readChunks(first.endpointId, hashes) : new Map<string, Item>();
    const together = isFew ? { readChunks: async () => stored } : store;
    return entered.map(({ manifest, turn }) => {
      const verifying = turn.then(() => this.#verify(manifest, together));
      // Its failure surfaces when it is awaited; until then it must not count as unhandled.
      verifying.catch(() => undefined);
      return verifying;
    });
  }

  /** Chunks are expected where their manifest is: an entry that is missing entirely was reported already. */
  async #verify(manifest: Manifest, stored: ChunkSources['store']): Promise<VerifiedEntry> {
    const { store, archive, now } = this.#ports;
    const sources = {
      store: store && this.#log.stored.has(manifest.entry) ? stored : undefined,
      archive: this.#log.archived.has(manifest.entry) ? archive : undefined,
      now,
    };
    const findings = collectFindings(() => undefined);
    const isSnapshot = manifest.kind === 'snapshot';
    const verified = isSnapshot ? await verifyChunks(sources, manifest, findings, this.#counts) : undefined;
    // The recorder ignores expired chunks even if they still exist, and so does the replay.
    const content = hasExpired(manifest, now()) ? undefined : verified;
    const held = (content ?? []).reduce((sum, { line }) => sum + line.length, 0);
    this.#ahead.change(LARGEST_UNPACKED_BYTES, held);
    return { manifest, content, faults: findings.faults, held };
  }

  /** Many snapshots may share a chunk. In the archive the same rows are another object on another day. */
  #tellOnce(fault: Fault): void {
    const { kind, place, field, slot = '' } = fault;
    const object = `${kind} ${place} ${place === 'store' ? '' : slot.slice(0, 10)} ${field}`;
    if (!this.#told.has(object)) this.#ports.findings.fault(fault);
    this.#told.add(object);
  }
}

function* groupsOf(manifests: readonly Manifest[]): Generator<readonly Manifest[]> {
  let group: Manifest[] = [];
  let [rows, chunks] = [0, 0];
  for (const manifest of manifests) {
    [rows, chunks] = [rows + manifest.rows, chunks + manifest.chunks.length];
    const isFull = group.length === SNAPSHOTS_AT_ONCE || rows > ROWS_AT_ONCE || chunks > CHUNKS_AT_ONCE;
    if (group.length > 0 && isFull) {
      yield group;
      [group, rows, chunks] = [[], manifest.rows, manifest.chunks.length];
    }
    group.push(manifest);
  }
  if (group.length > 0) yield group;
}
