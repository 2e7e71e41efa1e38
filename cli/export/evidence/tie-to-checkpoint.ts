import { fewAtOnce } from '../../../lambda/few-at-once.ts';
import {
  type CheckpointAnswer,
  checkpointAnswer,
  type ProofAnswer,
  proofAnswer,
} from '../../../lambda/query/schemas/evidence.ts';
import { openCheckpoint, originOf } from '../../../lambda/trail/checkpoint.ts';
import type { EvidenceRange } from '../../../lambda/trail/export-manifest.ts';
import { isEqual, verifyConsistency, verifyInclusion } from '../../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, leafHash, rootOf } from '../../../lambda/trail/proof.ts';
import { NoteRefused } from '../../../lambda/trail/signed-note.ts';
import { ApiFailure } from '../../api/api-failure.ts';
import { type Api, REQUESTS_AT_ONCE } from '../../api/client.ts';
import type { EvidenceStretch } from './stretch.ts';
import type { WalkedEntry } from './walk-log.ts';

/** A log gets an entry every few minutes; requesting proofs takes seconds. */
const TRIES = 10;

/**
 * Gets the proofs of a range, and of entries outside it, to one checkpoint: the newest, if it stays the newest meanwhile.
 *
 * @param goOn gathers more of the log, up to this many entries, if the range is not complete yet
 * @throws ApiFailure if a proof is invalid
 */
export async function tieToCheckpoint(
  api: Api,
  stretch: EvidenceStretch,
  beside: readonly WalkedEntry[],
  goOn: (size: number) => Promise<void>,
) {
  const { endpointId } = stretch;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const sizes = { from: String(stretch.size), range: String(stretch.first) };
    const checkpoint = await api.ask(['checkpoints', endpointId], sizes, checkpointAnswer);
    if (!stretch.isWhole && checkpoint.size > stretch.size) {
      await goOn(checkpoint.size);
      continue;
    }
    const others = beside.filter(({ manifest: { entry } }) => entry < stretch.first || entry >= stretch.size);
    const proofs = await askProofs(api, endpointId, others);
    if (proofs.some(({ size }) => size !== checkpoint.size)) continue;
    const range = rangeOf(stretch, checkpoint, proofs);
    checkRange(stretch, others, range, checkpoint);
    const { size, checkpoint: note, publicKey } = checkpoint;
    return { range, checkpoint: { endpointId, size, note, publicKey: Buffer.from(publicKey, 'base64') } };
  }
  throw new ApiFailure(`The log of ${endpointId} goes on faster than proofs can be asked for. Try again.`);
}

async function askProofs(api: Api, endpointId: string, others: readonly WalkedEntry[]): Promise<ProofAnswer[]> {
  const proofs: ProofAnswer[] = [];
  await fewAtOnce(others, REQUESTS_AT_ONCE, async ({ manifest: { slot } }) => {
    proofs.push(await api.ask(['snapshots', endpointId, slot, 'proof'], {}, proofAnswer));
  });
  return proofs.sort((one, other) => one.entry - other.entry);
}

function rangeOf(
  { endpointId, first, size }: EvidenceStretch,
  { compactRange, consistency }: CheckpointAnswer,
  proofs: readonly ProofAnswer[],
): EvidenceRange {
  return {
    endpointId,
    first,
    size,
    left: compactRange?.hashes ?? [],
    consistency: consistency?.hashes ?? [],
    others: proofs.map(({ entry, inclusion }) => ({ entry, inclusion })),
  };
}

/** Runs the verifier's checks first, so that nothing invalid is signed. */
function checkRange(
  stretch: EvidenceStretch,
  others: readonly WalkedEntry[],
  range: EvidenceRange,
  answered: CheckpointAnswer,
): void {
  const { endpointId } = stretch;
  const { size, root } = openAnswered(answered);
  let tree: CompactRange = { size: range.first, hashes: range.left.map(fromHex) };
  for (const leaf of stretch.leaves) tree = appendLeaf(tree, leaf);
  const isTied =
    tree.size === size
      ? isEqual(rootOf(tree), root)
      : verifyConsistency(tree.size, rootOf(tree), size, root, range.consistency.map(fromHex));
  const areTied = others.every(({ manifest, text }) => {
    const path = range.others.find(({ entry }) => entry === manifest.entry)?.inclusion.map(fromHex);
    return path !== undefined && verifyInclusion(leafHash(text), manifest.entry, size, path, root);
  });
  if (!isTied || !areTied) throw notTied(endpointId);
}

function openAnswered({ endpointId, checkpoint, publicKey }: CheckpointAnswer) {
  try {
    return openCheckpoint(checkpoint, originOf(endpointId), [Buffer.from(publicKey, 'base64')]);
  } catch (error) {
    if (!(error instanceof NoteRefused)) throw error;
    throw notTied(endpointId, { cause: error });
  }
}

function notTied(endpointId: string, options?: ErrorOptions): ApiFailure {
  return new ApiFailure(
    `What the API gave of the log of ${endpointId} is not under its signed checkpoint: cvpn-audit verify tells more.`,
    options,
  );
}

const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
