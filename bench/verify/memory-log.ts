import type { StoredCheckpoint } from '../../lambda/trail/checkpoint.ts';
import type { Head } from '../../lambda/trail/head.ts';
import { nextHead } from '../../lambda/trail/log.ts';
import type { GapNote, SnapshotLog } from '../../lambda/trail/ports.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { type Chunk, type Manifest, manifestText } from '../../lambda/trail/snapshot.ts';

/** One endpoint's log in memory, for making what the recorder would have stored. */
export class MemoryLog implements Pick<SnapshotLog, 'commit'> {
  readonly manifests: Manifest[] = [];
  readonly chunks = new Map<string, Uint8Array>();
  head: Head | undefined;
  checkpoint: StoredCheckpoint | undefined;

  async commit(manifest: Manifest, read: Head | undefined, gap: GapNote | undefined): Promise<boolean> {
    if (gap) throw new Error('the benchmark has no gaps');
    this.manifests.push(manifest);
    this.head = nextHead(read, manifest, leafHash(manifestText(manifest)));
    return true;
  }

  /** The log as the recorder's own code takes it. */
  asPort(): SnapshotLog {
    const { manifests, chunks } = this;
    const port: Partial<SnapshotLog> = {
      commit: (...given) => this.commit(...given),
      readHead: async () => this.head,
      readManifest: async (_, slot) => manifests.findLast((manifest) => manifest.slot === slot),
      readManifestsAfter: async function* (_, slot = '') {
        const from = manifests.findLastIndex((manifest) => manifest.slot <= slot) + 1;
        for (let index = from; index < manifests.length; index++) yield manifests[index] as Manifest;
      },
      readChunk: async (_, { sha256 }) => chunks.get(sha256),
      putChunk: async (_, { sha256, bytes }: Chunk) => {
        chunks.set(sha256, bytes);
      },
      readFailures: async () => [],
      readGap: async () => undefined,
      readCheckpoint: async () => this.checkpoint,
      saveCheckpoint: async (checkpoint) => {
        this.checkpoint = checkpoint;
        return true;
      },
    };
    return port as SnapshotLog;
  }
}
