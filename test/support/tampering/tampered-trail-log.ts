import { TRAIL, trailEntryKey } from '../../../lambda/dynamodb/snapshot-keys.ts';
import { checkpointObject, manifestObject, tenDigits } from '../../../lambda/trail/archive.ts';
import { appendLeaf, EMPTY_RANGE, leafHash, nodesCompletedBy } from '../../../lambda/trail/proof.ts';
import { isTrailName, readTrailEntry, type TrailEntry, trailEntryText } from '../../../lambda/trail/trail-log.ts';
import { itemKey } from './tampered-evidence.ts';
import type { TamperedTrail } from './tampered-trail.ts';

/** The trail's own log in a trail that is tampered with. */
export class TamperedTrailLog {
  readonly name: string;
  readonly #trail: TamperedTrail;

  constructor(trail: TamperedTrail) {
    this.#trail = trail;
    this.name = [...trail.snapshots.values()].map(({ slot }) => String(slot)).find(isTrailName) ?? 'none';
  }

  get entries(): TrailEntry[] {
    const items = [...this.#trail.snapshots.values()].filter(({ endpointId }) => endpointId === TRAIL);
    const entries = items.map(({ entry }) => readTrailEntry(String(entry))).filter((entry) => entry !== undefined);
    return entries.sort((one, other) => one.entry - other.entry);
  }

  key = (entry: number): string => itemKey(trailEntryKey(entry));
  object = (entry: number): string => manifestObject(this.name, entry);
  checkpointObject = (entry: number): string => checkpointObject(this.name, entry + 1);
  get markKey(): string {
    return this.#trail.checkpointKey(this.name);
  }

  removeStored(from = 0): void {
    for (const [key, { endpointId, slot }] of this.#trail.snapshots) {
      if (endpointId === TRAIL && (from === 0 || String(slot) >= tenDigits(from))) this.#trail.snapshots.delete(key);
    }
  }

  removeArchived(from = 0): void {
    for (const key of this.#trail.archive.objects.keys()) {
      const number = Number.parseInt(key.split('/')[2] ?? '', 10) - (key.startsWith('checkpoints/') ? 1 : 0);
      if (key.includes(`/${this.name}/`) && number >= from) this.#trail.erase(key);
    }
  }

  /** Writes it anew, everywhere, as only who has the key can: the logs that each entry names are changed. */
  async rewrite(change: (entry: TrailEntry) => TrailEntry | undefined, signer = this.#trail.signer): Promise<void> {
    const changed = this.entries.map(change).filter((entry) => entry !== undefined);
    this.removeStored();
    this.removeArchived();
    let range = EMPTY_RANGE;
    for (const entry of changed) {
      const text = trailEntryText(entry);
      const [, ...nodes] = nodesCompletedBy(range, leafHash(text));
      const item = { ...trailEntryKey(entry.entry), entry: text };
      this.#trail.snapshots.set(this.key(entry.entry), {
        ...item,
        ...(nodes.length > 0 ? { nodes: Buffer.concat(nodes) } : {}),
      });
      this.#trail.write(this.object(entry.entry), text);
      range = appendLeaf(range, leafHash(text));
      const note = await this.#trail.sign(this.name, range, signer);
      this.#trail.write(this.checkpointObject(entry.entry), note);
      const mark = { endpointId: TRAIL, slot: this.name, size: range.size, lastSlot: tenDigits(entry.entry) };
      const publicKey = await signer.publicKey();
      this.#trail.snapshots.set(this.markKey, { ...mark, hashes: Buffer.concat(range.hashes), note, publicKey });
    }
  }
}
