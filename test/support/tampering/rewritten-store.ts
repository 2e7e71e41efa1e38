import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { toCheckpointItem, toHeadItem } from '../../../lambda/dynamodb/snapshot-items.ts';
import { checkpointKey, type SnapshotKey } from '../../../lambda/dynamodb/snapshot-keys.ts';
import { originOf, type StoredCheckpoint, signCheckpoint } from '../../../lambda/trail/checkpoint.ts';
import type { Head } from '../../../lambda/trail/head.ts';
import { nextHead } from '../../../lambda/trail/log.ts';
import { leafHash, rootOf } from '../../../lambda/trail/proof.ts';
import { type Manifest, manifestText } from '../../../lambda/trail/snapshot.ts';
import { ALPHA, type RecordedTrail } from '../recording/recorded-trail.ts';

/** What an administrator of the tables can do to a log without leaving a trace in it. */
export class RewrittenStore {
  readonly #trail: RecordedTrail;

  constructor(trail: RecordedTrail) {
    this.#trail = trail;
  }

  /** Writes the log anew with other manifests, and a head that fits them. Those behind the last are removed. */
  async rewrite(change: (manifest: Manifest) => Manifest | undefined): Promise<Head> {
    let head: Head | undefined;
    for (const old of await this.#trail.manifests()) {
      const manifest = change(old);
      if (!manifest) {
        await this.remove({ endpointId: ALPHA, slot: old.slot });
        continue;
      }
      const text = manifestText(manifest);
      head = nextHead(head, manifest, leafHash(text));
      const hashes = { leafHash: leafHash(text), root: rootOf(head.range) };
      await this.put({ endpointId: ALPHA, slot: manifest.slot, manifest: text, ...hashes });
    }
    if (!head) throw new Error('nothing is left');
    await this.put(toHeadItem(head));
    return head;
  }

  /** Makes the newest checkpoint say that all up to a head was signed and archived: with the trail's own key, if need be. */
  async forgeCheckpoint({ endpointId, slot, range }: Head): Promise<void> {
    const { signer } = this.#trail;
    const { size, hashes } = range;
    const note = await signCheckpoint({ origin: originOf(endpointId), size, root: rootOf(range) }, signer);
    const checkpoint: StoredCheckpoint = { endpointId, size, slot, hashes, note, publicKey: await signer.publicKey() };
    await this.put(toCheckpointItem(checkpoint));
  }

  removeCheckpoint(): Promise<void> {
    return this.remove(checkpointKey(ALPHA));
  }

  async put(Item: Record<string, unknown>): Promise<void> {
    await this.#trail.tables.documents.send(new PutCommand({ TableName: this.#trail.options.SNAPSHOTS_TABLE, Item }));
  }

  async remove(Key: SnapshotKey): Promise<void> {
    const TableName = this.#trail.options.SNAPSHOTS_TABLE;
    await this.#trail.tables.documents.send(new DeleteCommand({ TableName, Key: { ...Key } }));
  }
}
