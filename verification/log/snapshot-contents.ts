import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import { chunkObject } from '../../lambda/trail/archive.ts';
import { joinParts, unpackChunk } from '../../lambda/trail/chunks.ts';
import { inOrder } from '../../lambda/trail/in-order.ts';
import { type ChunkReference, hasExpired, itemHashes, type Manifest } from '../../lambda/trail/snapshot.ts';
import type { Fault, Findings } from '../findings.ts';
import { collectFindings } from '../findings.ts';
import { type ChunkCounts, type ChunkSources, type ReadEntry, verifyChunks } from './verify-chunks.ts';
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

type VerifiedEntry = ReadEntry & { readonly faults: readonly Fault[] };

/** The rows of an endpoint's snapshots, verified chunk by chunk. */
export class SnapshotContents {
  /** Slots of the entries whose rows were all read. */
  readonly readSlots = new Set<string>();
  readonly #ports: ContentPorts;
  readonly #log: Pick<VerifiedLog, 'stored' | 'archived'>;
  readonly #counts: ChunkCounts;
  readonly #told = new Set<string>();

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
    for await (const group of inOrder(groupsOf(manifests), GROUPS_AHEAD, (some) => this.#verifyGroup(some))) {
      for (const { manifest, content, faults } of group) {
        signal?.throwIfAborted();
        for (const fault of faults) this.#tellOnce(fault);
        if (manifest.kind === 'closed' || content) this.readSlots.add(manifest.slot);
        yield { manifest, content };
        done += 1;
        if (done % ENTRIES_A_LINE === 0 || done === manifests.length) {
          findings.progress(`${manifest.endpointId}  ${done} of ${manifests.length} entries verified and replayed`);
        }
      }
    }
  }

  async #verifyGroup(manifests: readonly Manifest[]): Promise<VerifiedEntry[]> {
    const { store } = this.#ports;
    const wanted = manifests.filter(({ entry }) => this.#log.stored.has(entry)).flatMap(({ chunks }) => chunks);
    const hashes = [...new Set(wanted.flatMap(itemHashes))];
    const [first] = manifests;
    const stored =
      store && first && hashes.length > 0 ? await store.readChunks(first.endpointId, hashes) : new Map<string, Item>();
    return Promise.all(manifests.map((manifest) => this.#verify(manifest, stored)));
  }

  /** Chunks are expected where their manifest is: an entry that is missing entirely was reported already. */
  async #verify(manifest: Manifest, stored: Map<string, Item>): Promise<VerifiedEntry> {
    if (manifest.kind !== 'snapshot') return { manifest, content: undefined, faults: [] };
    const { store, archive, now } = this.#ports;
    const sources = {
      store: store && this.#log.stored.has(manifest.entry) ? { readChunks: async () => stored } : undefined,
      archive: this.#log.archived.has(manifest.entry) ? archive : undefined,
      now,
    };
    const findings = collectFindings(() => undefined);
    const content = await verifyChunks(sources, manifest, findings, this.#counts);
    // The recorder ignores expired chunks even if they still exist, and so does the replay.
    return { manifest, content: hasExpired(manifest, now()) ? undefined : content, faults: findings.faults };
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
  let rows = 0;
  for (const manifest of manifests) {
    if (group.length > 0 && (group.length === SNAPSHOTS_AT_ONCE || rows + manifest.rows > ROWS_AT_ONCE)) {
      yield group;
      [group, rows] = [[], 0];
    }
    group.push(manifest);
    rows += manifest.rows;
  }
  if (group.length > 0) yield group;
}
