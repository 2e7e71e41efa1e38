import { isEqual } from '../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, type Hash, leafHash } from '../../lambda/trail/proof.ts';
import type { ArchivedLog } from './archived-log.ts';
import { readManifest, type StoredEntry, type StoredLog } from './stored-log.ts';
import type { CheckpointReading, TrustedCheckpoint } from './trusted-checkpoint.ts';

/** Is there, and was not read: outside of the window the archive is only listed. */
export const UNREAD = Symbol('unread');

/** An entry, wherever it was found. */
export interface FoundEntry {
  readonly entry: number;
  /** The store's items that say they are this entry, and the one that stands where it belongs. */
  readonly claimed: readonly StoredEntry[];
  /** Undefined where it is not there. */
  readonly archived: string | typeof UNREAD | undefined;
  readonly checkpoint: TrustedCheckpoint | undefined;
  /** Whether the archive has a checkpoint that ends with this entry, to be trusted or not. */
  readonly hasCheckpoint: boolean;
  /** Why the archived checkpoint that ends with this entry is not to be trusted. */
  readonly refused?: Extract<CheckpointReading, { refused: unknown }>;
}

/** What is judged. */
export interface JudgedLog {
  readonly endpointId: string;
  readonly stored: StoredLog | undefined;
  readonly archived: ArchivedLog | undefined;
  /** Entries that are known to have been archived and signed. */
  readonly known: number;
  readonly length: number;
}

/** A leaf that an entry may have: by one of the texts that were found, or, where all were changed, by the store's leaf hash. */
export interface Leaf {
  readonly text: string;
  readonly hash: Hash;
  readonly isByHash?: true;
}

/** A log as it may be: which leaves the entries since the last checkpoint have. */
export interface Branch {
  readonly tree: CompactRange | undefined;
  readonly open: readonly {
    readonly found: FoundEntry;
    readonly leaf: Leaf;
    readonly before: CompactRange | undefined;
  }[];
}

/** A branch that goes on with an entry. */
export function extend({ tree, open }: Branch, found: FoundEntry, leaf: Leaf): Branch {
  return { tree: tree && appendLeaf(tree, leaf.hash), open: [...open, { found, leaf, before: tree }] };
}

/** What the entry's leaf may be; the likeliest first. */
export function leavesOf({ entry, claimed, archived }: FoundEntry): Leaf[] {
  const found = [archived, ...claimed.map(({ text }) => text)].filter((text) => typeof text === 'string');
  const texts = found.filter((text) => readManifest(text)?.entry === entry);
  const leaves: Leaf[] = [...new Set(texts)].map((text) => ({ text, hash: leafHash(text) }));
  for (const { leafHash: hash } of claimed) {
    const isKnown = hash.length === 0 || leaves.some((leaf) => isEqual(leaf.hash, hash));
    if (!isKnown) leaves.push({ text: texts[0] ?? '', hash, isByHash: true });
  }
  return leaves;
}
