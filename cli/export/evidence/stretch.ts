import { leafHash } from '../../../lambda/trail/proof.ts';
import { addSeconds, type Instant } from '../../../lambda/trail/time.ts';
import { provenThrough } from '../../../verification/exports/exported-coverage.ts';
import { ApiFailure } from '../../api/api-failure.ts';
import type { Api } from '../../api/client.ts';
import type { EvidenceFolder } from './evidence-folder.ts';
import { type WalkedEntry, walkLog } from './walk-log.ts';

/** The required extent of a range. */
export interface EvidenceReach {
  /** The slot of its first entry; undefined for the log's first. */
  readonly from: Instant | undefined;
  /** What must be proven at its end, if the log has it. */
  readonly until: Instant;
  /** A slot that it must contain. */
  readonly through?: Instant | undefined;
}

/** A range of an endpoint's log that is being gathered, entry by entry, with all its chunks. */
export class EvidenceStretch {
  readonly endpointId: string;
  readonly reach: EvidenceReach;
  /** Leaf hashes, in log order. */
  readonly leaves: Uint8Array[] = [];
  #first: WalkedEntry | undefined;
  #last: WalkedEntry | undefined;

  constructor(endpointId: string, reach: EvidenceReach) {
    this.endpointId = endpointId;
    this.reach = reach;
  }

  /** The place of its first entry in the log. */
  get first(): number {
    return this.#first?.manifest.entry ?? 0;
  }

  /** Entries of the log up to its end. */
  get size(): number {
    return this.first + this.leaves.length;
  }

  /** Whether it proves what it must; otherwise it continues as far as the log is signed. */
  get isWhole(): boolean {
    const last = this.#last?.manifest;
    const { through = '' } = this.reach;
    return last !== undefined && this.pendingSince === undefined && last.slot >= through;
  }

  /** From when on it does not prove what it must; undefined if it proves all. */
  get pendingSince(): Instant | undefined {
    const { until } = this.reach;
    const last = this.#last?.manifest;
    const proven = (last && provenThrough(last)) ?? '';
    return proven >= until ? undefined : proven;
  }

  /** Whether its log ended with it: later time is a gap, or does not exist. */
  get isClosed(): boolean {
    return this.#last?.manifest.kind === 'closed';
  }

  /** Whether the entry of a slot is in it. */
  holds(slot: Instant): boolean {
    return this.#first !== undefined && slot >= this.#first.manifest.slot && slot <= (this.#last?.manifest.slot ?? '');
  }

  /** The slots of its first and its last entry. */
  get slots(): { readonly from: Instant; readonly to: Instant } {
    return { from: this.#first?.manifest.slot ?? '', to: this.#last?.manifest.slot ?? '' };
  }

  /**
   * Continues until it is complete.
   *
   * @param size the number of signed entries: none beyond them is included
   * @param onEntries called after each answer
   */
  async goOn(api: Api, folder: EvidenceFolder, size: number, onEntries: () => void): Promise<void> {
    const last = this.#last?.manifest.slot;
    const from = last === undefined ? this.reach.from : addSeconds(last, 1);
    for await (const page of walkLog(api, this.endpointId, { from })) {
      const taken: WalkedEntry[] = [];
      for (const entry of page) {
        if (this.isWhole || entry.manifest.entry >= size) break;
        this.#append(entry);
        taken.push(entry);
      }
      for (const entry of taken) await folder.putManifest(entry);
      await folder.putChunks(taken.flatMap(({ manifest }) => manifest.chunks.map((_, index) => ({ manifest, index }))));
      onEntries();
      if (this.isWhole || taken.length < page.length) return;
    }
  }

  #append(entry: WalkedEntry): void {
    const { manifest, text } = entry;
    if (this.#last && manifest.entry !== this.#last.manifest.entry + 1) {
      throw new ApiFailure(
        `The log of ${this.endpointId} has entry ${manifest.entry} after entry ${this.#last.manifest.entry}: cvpn-audit verify tells more.`,
      );
    }
    this.#first ??= entry;
    this.#last = entry;
    this.leaves.push(leafHash(text));
  }
}
