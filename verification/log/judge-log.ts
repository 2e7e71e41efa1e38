import { isEqual } from '../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, EMPTY_RANGE, type Hash, leafHash, rootOf } from '../../lambda/trail/proof.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import type { Findings } from '../findings.ts';
import { checkTree } from './check-tree.ts';
import { DifferingManifests } from './differing-manifests.ts';
import { reportForeign } from './foreign-attributes.ts';
import {
  type Branch,
  extend,
  type FoundEntry,
  type JudgedLog,
  type Leaf,
  leavesOf,
  type Stretch,
} from './found-entry.ts';
import { LogPresence } from './log-presence.ts';
import { readManifest, type StoredEntry } from './stored-log.ts';

/** The most differing texts that are tried between two checkpoints; beyond that the archive counts. */
const MOST_BRANCHES = 16;

/** Determines the true content of each entry in order: the one that the next signed root proves. */
export class LogJudge {
  readonly manifests: Manifest[] = [];
  /** The hashes of their leaves. */
  readonly leaves: Hash[] = [];
  /** Whether every entry is there, and none contradicts a signed root. */
  isTied = true;
  readonly storedEntries = new Set<number>();
  anchored = 0;
  readonly #log: JudgedLog;
  readonly #findings: Findings;
  readonly #presence: LogPresence;
  readonly #differing: DifferingManifests;
  readonly #used = new Set<StoredEntry>();
  #branches: readonly Branch[] = [{ tree: EMPTY_RANGE, open: [] }];
  /** The tree of the store's manifests, right or wrong: the store's own hashes may follow from it. */
  #storesTree: CompactRange = EMPTY_RANGE;

  constructor(log: JudgedLog, findings: Findings) {
    this.#log = log;
    this.#findings = findings;
    this.#presence = new LogPresence(log, findings);
    this.#differing = new DifferingManifests(log.endpointId, findings);
  }

  take(found: FoundEntry): void {
    const leaves = leavesOf(found);
    const branches = this.#branches
      .flatMap((branch) => leaves.map((leaf) => extend(branch, found, leaf)))
      .slice(0, MOST_BRANCHES);
    const [likeliest] = branches;
    const { checkpoint, entry } = found;
    if (!likeliest) {
      this.#settleLikeliest();
      this.#unreadable(found);
      this.#branches = [{ tree: undefined, open: [] }];
      return;
    }
    const signed = checkpoint && branches.find(({ tree }) => tree && isEqual(rootOf(tree), checkpoint.root));
    if (signed) this.anchored = entry + 1;
    else if (checkpoint && likeliest.tree) this.#rewritten(found);
    const isWrong = checkpoint !== undefined && !signed;
    if (!checkpoint && branches.length > 1) {
      this.#branches = branches;
      return;
    }
    this.#settle(signed ?? likeliest, isWrong);
    this.#branches = [{ tree: isWrong ? undefined : (signed ?? likeliest).tree, open: [] }];
  }

  /** Entries of which there is nothing: what follows them cannot be tied to what went before. */
  miss(stretch: Stretch): void {
    this.#settleLikeliest();
    this.isTied = false;
    this.#presence.miss(stretch);
    this.#branches = [{ tree: undefined, open: [] }];
  }

  finish(): void {
    this.#settleLikeliest();
    this.#differing.report(this.manifests);
    this.#presence.report();
    for (const item of this.#log.stored?.items ?? []) if (!this.#used.has(item)) this.#presence.added(item);
  }

  #unreadable(found: FoundEntry): void {
    this.isTied = false;
    const item = this.#place(found, undefined);
    if (item) this.#differing.inStore(found.entry, item, undefined);
    if (typeof found.archived === 'string') {
      this.#differing.inArchive(found.entry, found.archived, undefined);
    }
  }

  #settleLikeliest(): void {
    const [likeliest] = this.#branches;
    if (likeliest) this.#settle(likeliest);
  }

  /** @param isWrong whether the signed root differs: then it is unknown which entry is wrong */
  #settle({ open }: Branch, isWrong = false): void {
    for (const { found, leaf, before } of open) {
      const manifest = readManifest(leaf.text);
      const item = this.#place(found, manifest);
      const isOnlyArchived = this.#log.stored !== undefined && !item && found.entry >= this.#log.known;
      if (manifest && !isOnlyArchived) {
        this.manifests.push(manifest);
        this.leaves.push(leaf.hash);
      }
      const [text, { archived, entry }] = [leaf.isByHash ? undefined : leaf.text, found];
      if (item && item.text !== text) this.#differing.inStore(entry, item, text);
      else if (item && item.slot !== manifest?.slot) this.#differing.misplaced(entry, item);
      if (typeof archived === 'string' && archived !== text) {
        this.#differing.inArchive(entry, archived, text);
      }
      this.#checkForeign(item, entry);
      this.#checkTree(item, isWrong ? undefined : before, leaf);
    }
  }

  /** Notes where the entry is, and finds its item in the store. */
  #place(found: FoundEntry, manifest: Manifest | undefined): StoredEntry | undefined {
    const { claimed, entry } = found;
    const item =
      claimed.find(({ manifest: one }) => one && manifest && one.entry === entry && one.slot === manifest.slot) ??
      this.#log.stored?.at(manifest?.slot ?? '') ??
      claimed[0];
    if (item) {
      this.#used.add(item);
      this.storedEntries.add(entry);
    }
    this.#presence.take(found, manifest?.slot, item !== undefined);
    return item;
  }

  #checkTree(item: StoredEntry | undefined, before: CompactRange | undefined, leaf: Leaf): void {
    const own = this.#storesTree;
    const ownLeaf = item && leafHash(item.text);
    if (!item || !ownLeaf) return;
    this.#storesTree = appendLeaf(own, ownLeaf);
    if (!before) return;
    const trees = [
      { before, leaf: leaf.hash },
      { before: own, leaf: ownLeaf },
    ];
    checkTree(this.#log.endpointId, item, trees, this.#findings);
  }

  /** With a time to live DynamoDB would remove it, and nobody would have. */
  #checkForeign(item: StoredEntry | undefined, entry: number): void {
    if (!item?.foreign) return;
    const { slot, foreign } = item;
    const where = { endpointId: this.#log.endpointId, entry, slot };
    reportForeign(`The item of entry ${entry} (${slot})`, foreign, where, this.#findings);
  }

  #rewritten({ entry, claimed }: FoundEntry): void {
    const slot = claimed[0]?.slot;
    this.isTied = false;
    this.#findings.fault({
      kind: 'log-rewritten',
      place: claimed.length > 0 ? 'store' : 'archive',
      endpointId: this.#log.endpointId,
      entry,
      slot,
      message: `Entries 0 to ${entry} do not give the root that was signed for ${entry + 1} entries: at least one of them was changed since, or removed, everywhere. What follows cannot be tied to a signature.`,
    });
  }
}
