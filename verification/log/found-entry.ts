import { isEqual } from '../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, type Hash, leafHash } from '../../lambda/trail/proof.ts';
import type { ArchivedLog } from './archived-log.ts';
import type { Signatories } from './key-history.ts';
import { readManifest, type StoredEntry, type StoredLog } from './stored-log.ts';
import type { CheckpointReading, TrustedCheckpoint } from './trusted-checkpoint.ts';

/** Exists, but was not read: outside the window the archive is only listed. */
export const UNREAD = Symbol('unread');

/** An entry, wherever it was found. */
export interface FoundEntry {
  readonly entry: number;
  /** The store's items that claim to be this entry, and the one at its place. */
  readonly claimed: readonly StoredEntry[];
  /** Undefined where it is not there. */
  readonly archived: string | typeof UNREAD | undefined;
  readonly checkpoint: TrustedCheckpoint | undefined;
  /** The keys of the archived one: who signed it, and who countersigned it. */
  readonly signedBy?: Signatories | undefined;
  /** Whether the archive has a checkpoint that ends with this entry, trusted or not. */
  readonly hasCheckpoint: boolean;
  /** Why the archived checkpoint that ends with this entry is not trusted. */
  readonly refused?: Extract<CheckpointReading, { refused: unknown }>;
}

/** Entries of which there is nothing, anywhere: from the first one to before `end`. */
export interface Stretch {
  readonly first: number;
  readonly end: number;
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

/** A candidate leaf of an entry: from one of the texts found or, if all were changed, from the store's leaf hash. */
export interface Leaf {
  readonly text: string;
  readonly hash: Hash;
  readonly isByHash?: true;
}

/** A candidate log: the leaves of the entries since the last checkpoint. */
export interface Branch {
  readonly tree: CompactRange | undefined;
  readonly open: readonly {
    readonly found: FoundEntry;
    readonly leaf: Leaf;
    readonly before: CompactRange | undefined;
  }[];
}

/** Extends a branch by an entry. */
export function extend({ tree, open }: Branch, found: FoundEntry, leaf: Leaf): Branch {
  return { tree: tree && appendLeaf(tree, leaf.hash), open: [...open, { found, leaf, before: tree }] };
}

/** The candidate leaves of the entry; the most likely first. */
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
