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
  /** Whether the old key has signed it too; undefined if checkpoints right before it were not read: then it may not be the first. */
  readonly isCountersigned: boolean | undefined;
}

/** The keys that signed a log's checkpoints, one after the other. */
export class KeyHistory {
  readonly changes: KeyChange[] = [];
  /** The key of the first checkpoint that was read. */
  first: Uint8Array | undefined;
  #last: { readonly entry: number; readonly key: Uint8Array } | undefined;

  take({ entry, signedBy }: { readonly entry: number; readonly signedBy?: Signatories | undefined }): void {
    if (!signedBy) return;
    const { publicKey: to, countersigners } = signedBy;
    const last = this.#last;
    if (last && !isEqual(last.key, to)) {
      const { key: from } = last;
      const isFirst = last.entry === entry - 1;
      const isCountersigned = isFirst ? countersigners.some((one) => isEqual(one, from)) : undefined;
      this.changes.push({ entry, from, to, isCountersigned });
    }
    this.first ??= to;
    this.#last = { entry, key: to };
  }
}
