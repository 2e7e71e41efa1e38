import { isEqual } from '../../lambda/trail/merkle-proofs.ts';

/** Who signed a checkpoint, and the others of the trusted keys that did. */
export interface Signatories {
  readonly publicKey: Uint8Array;
  readonly countersigners: readonly Uint8Array[];
}

/** A checkpoint that another key signed than the one before it. */
export interface KeyChange {
  /** The last entry that it covers. */
  readonly entry: number;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Whether the old key has signed it too. */
  readonly isCountersigned: boolean;
}

/** The keys that signed a log's checkpoints, one after the other. */
export class KeyHistory {
  readonly changes: KeyChange[] = [];
  /** The key of the first checkpoint that was read. */
  first: Uint8Array | undefined;
  #last: Uint8Array | undefined;

  take({ entry, signedBy }: { readonly entry: number; readonly signedBy?: Signatories | undefined }): void {
    if (!signedBy) return;
    const { publicKey: to, countersigners } = signedBy;
    const from = this.#last;
    if (from && !isEqual(from, to)) {
      this.changes.push({ entry, from, to, isCountersigned: countersigners.some((one) => isEqual(one, from)) });
    }
    this.first ??= to;
    this.#last = to;
  }
}
