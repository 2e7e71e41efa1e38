import { type Archive, manifestObject, manifestsOf } from '../../lambda/trail/archive.ts';
import type { EvidenceRange } from '../../lambda/trail/export-manifest.ts';
import { isEqual, verifyConsistency, verifyInclusion } from '../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, leafHash, rootOf } from '../../lambda/trail/proof.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import type { Fault, Findings } from '../findings.ts';
import { readManifest } from '../log/stored-log.ts';
import type { TrustedCheckpoint } from '../log/trusted-checkpoint.ts';

/** The range of an endpoint's log in an export, and the single entries outside it. */
export interface ExportedLog {
  readonly endpointId: string;
  /** Contiguous, in log order. */
  readonly manifests: readonly Manifest[];
  /** Each with its own inclusion proof to the checkpoint, in log order. */
  readonly others: readonly Manifest[];
  /** Whether all entries that the manifest names are in it. */
  readonly isWhole: boolean;
  /** Whether the stretch ends where the checkpoint's log does. */
  readonly isNewest: boolean;
}

/** Checks the proofs from the included entries to the signed checkpoint. An unproven entry is a fault and is left out. */
export async function verifyExportedLog(
  evidence: Archive,
  range: EvidenceRange,
  checkpoint: TrustedCheckpoint,
  findings: Findings,
): Promise<ExportedLog> {
  const { endpointId, first, size, others } = range;
  const fault = (kind: Fault['kind'], message: string, entry?: number) =>
    findings.fault({ kind, place: 'export', endpointId, entry, message });
  if (first >= size || size > checkpoint.size) {
    const stretch = first >= size ? 'nothing' : `entries ${first} to ${size - 1}`;
    fault(
      'evidence-missing',
      `Of the ${checkpoint.size} entries of the log the manifest names ${stretch} as evidence.`,
    );
    return { endpointId, manifests: [], others: [], isWhole: false, isNewest: false };
  }
  const found = await readManifests(evidence, endpointId, await listEntries(evidence, range));
  const numbers = [...found.keys()];
  const missing = [...stretchesWithout(numbers, range)];
  for (const { from, to } of missing) {
    const which = from === to ? `manifest of entry ${from}` : `manifests of entries ${from} to ${to}`;
    const verb = from === to ? 'is' : 'are';
    fault('evidence-missing', `The ${which} did not come along, or ${verb} something else.`, from);
  }
  const texts = numbers.flatMap((entry) => found.get(entry)?.text ?? []);
  const isTied = missing.length === 0 && isTiedBy(range, texts, checkpoint);
  if (missing.length === 0 && !isTied) {
    fault(
      'log-rewritten',
      `Entries ${first} to ${size - 1} are not those under the signed checkpoint of ${checkpoint.size}.`,
    );
  }
  const beside: Manifest[] = [];
  const besideFound = await readManifests(
    evidence,
    endpointId,
    others.map(({ entry }) => entry),
  );
  for (const { entry, inclusion } of others) {
    const other = besideFound.get(entry);
    const path = inclusion.map(fromHex);
    if (!other)
      fault('evidence-missing', `The manifest of entry ${entry} did not come along, or is something else.`, entry);
    else if (verifyInclusion(leafHash(other.text), entry, checkpoint.size, path, checkpoint.root))
      beside.push(other.manifest);
    else fault('manifest-changed', `The manifest of entry ${entry} is not the one under the signed checkpoint.`, entry);
  }
  return {
    endpointId,
    manifests: isTied ? numbers.flatMap((entry) => found.get(entry)?.manifest ?? []) : [],
    others: beside.sort((one, other) => one.entry - other.entry),
    isWhole: isTied && beside.length === others.length,
    isNewest: size === checkpoint.size,
  };
}

/** The entries of a range whose manifests came along, in order: it may claim more of them than can be counted. */
async function listEntries(evidence: Archive, { endpointId, first, size }: EvidenceRange): Promise<number[]> {
  const folder = manifestsOf(endpointId);
  const entries: number[] = [];
  for await (const name of evidence.list(folder)) {
    const entry = Number.parseInt(name.slice(folder.length), 10);
    if (manifestObject(endpointId, entry) === name && entry >= first && entry < size) entries.push(entry);
  }
  return entries.sort((one, other) => one - other);
}

function* stretchesWithout(entries: readonly number[], { first, size }: EvidenceRange) {
  let next = first;
  for (const entry of [...entries, size]) {
    if (entry > next) yield { from: next, to: entry - 1 };
    next = entry + 1;
  }
}

async function readManifests(evidence: Archive, endpointId: string, entries: readonly number[]) {
  const found = new Map<number, { text: string; manifest: Manifest }>();
  for (const entry of entries) {
    const bytes = await evidence.get(manifestObject(endpointId, entry));
    const text = bytes && Buffer.from(bytes).toString();
    const manifest = text === undefined ? undefined : readManifest(text);
    if (text !== undefined && manifest?.entry === entry && manifest.endpointId === endpointId) {
      found.set(entry, { text, manifest });
    }
  }
  return found;
}

/** The tree before the range, with its leaves appended, must be consistent with the checkpoint's. */
function isTiedBy(
  { first, size, left, consistency }: EvidenceRange,
  texts: readonly string[],
  checkpoint: TrustedCheckpoint,
): boolean {
  let tree: CompactRange = { size: first, hashes: left.map(fromHex) };
  if (tree.hashes.length !== bitsOf(first)) return false;
  for (const text of texts) tree = appendLeaf(tree, leafHash(text));
  if (tree.size !== size) return false;
  const root = rootOf(tree);
  if (size === checkpoint.size) return isEqual(root, checkpoint.root);
  return verifyConsistency(size, root, checkpoint.size, checkpoint.root, consistency.map(fromHex));
}

const bitsOf = (number: number): number => number.toString(2).replaceAll('0', '').length;
const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
