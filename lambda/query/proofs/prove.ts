import type { LogEntry, LogReads } from '../../dynamodb/log-reads.ts';
import {
  compactRangeHashes,
  consistencyProof,
  inclusionProof,
  type ReadNode,
  verifyConsistency,
  verifyInclusion,
} from '../../trail/merkle-proofs.ts';
import { EMPTY_RANGE, type Hash, rootOf } from '../../trail/proof.ts';
import { contradiction } from './contradiction.ts';
import { EntryFinder } from './entry-finder.ts';
import type { SignedLog } from './signed-log.ts';
import { treeNodes } from './tree-nodes.ts';

/**
 * The audit path of an entry in the checkpoint's tree, checked.
 *
 * @throws QueryProblem where the store does not yield one that holds
 */
export async function proveInclusion(
  reads: LogReads,
  log: SignedLog,
  asked: Pick<LogEntry, 'entry' | 'slot' | 'leafHash'>,
): Promise<Hash[]> {
  const { size, root } = log;
  const finder = await EntryFinder.open(reads, log, [asked]);
  const path = await inclusionProof(asked.entry, size, treeNodes(finder, log));
  if (verifyInclusion(asked.leafHash, asked.entry, size, path, root)) return path;
  throw contradiction(`Entry ${asked.entry} is not in the tree that was signed`);
}

/** Proofs about the beginnings of a log, which share what they read. */
export class BeginningProofs {
  readonly #log: SignedLog;
  readonly #finder: EntryFinder;
  readonly #readNode: ReadNode;

  private constructor(log: SignedLog, finder: EntryFinder) {
    this.#log = log;
    this.#finder = finder;
    this.#readNode = treeNodes(finder, log);
  }

  static async open(reads: LogReads, log: SignedLog): Promise<BeginningProofs> {
    return new BeginningProofs(log, await EntryFinder.open(reads, log));
  }

  /**
   * The proof that the checkpoint's tree begins with that of the first `from` entries, checked.
   *
   * @throws QueryProblem where the store does not yield one that holds
   */
  async proveConsistency(from: number): Promise<Hash[]> {
    const root = from === 0 ? rootOf(EMPTY_RANGE) : (await this.#finder.find(from - 1)).root;
    return this.#proveBeginning(from, root);
  }

  /**
   * The compact range of the first `size` entries, checked.
   *
   * @throws QueryProblem where the store does not yield one that holds
   */
  async proveRange(size: number): Promise<Hash[]> {
    const hashes = await compactRangeHashes(size, this.#readNode);
    await this.#proveBeginning(size, rootOf({ size, hashes }));
    return hashes;
  }

  async #proveBeginning(from: number, beginning: Hash): Promise<Hash[]> {
    const { size, root } = this.#log;
    const proof = await consistencyProof(from, size, this.#readNode);
    if (verifyConsistency(from, beginning, size, root, proof)) return proof;
    throw contradiction(`The first ${from} entries are not the beginning of the tree that was signed`);
  }
}
