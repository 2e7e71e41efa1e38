import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkpointObject, chunkObject, manifestObject } from '../../../lambda/trail/archive.ts';
import { originOf, signCheckpoint } from '../../../lambda/trail/checkpoint.ts';
import { type EvidenceRange, type ExportManifest, signManifest } from '../../../lambda/trail/export-manifest.ts';
import {
  compactRangeHashes,
  consistencyProof,
  inclusionProof,
  type ReadNode,
} from '../../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, EMPTY_RANGE, type Hash, leafHash, rootOf } from '../../../lambda/trail/proof.ts';
import { type Manifest, manifestText } from '../../../lambda/trail/snapshot.ts';
import { addSeconds, type Instant } from '../../../lambda/trail/time.ts';
import { signerOf } from '../../../local/signing-key.ts';
import { manifestAt } from '../recording/made-manifest.ts';

/** A log of which a stretch is exported, and one that is exported whole. */
export const LONG = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
export const SHORT = 'cvpn-endpoint-0bbbbbbbbbbbbbbbb';

const BEGINNING = '2026-11-22T00:00:00Z';
const EXPORTED = '2026-11-22T12:00:00Z';
/** Its rows had expired when the export was made. */
export const EXPIRED = 6;

/** A log that is exported: a stretch of it, and single entries. */
interface ExportedPart {
  readonly endpointId: string;
  /** Of the whole log. */
  readonly entries: number;
  readonly first: number;
  readonly size: number;
  readonly others: readonly number[];
}

const PARTS: readonly ExportedPart[] = [
  { endpointId: LONG, entries: 11, first: 5, size: 7, others: [9] },
  { endpointId: SHORT, entries: 1, first: 0, size: 1, others: [] },
];

/** An export with evidence, in a folder of its own, of a trail that nobody recorded: quickly made, and signed again after each change. */
export class MadeExport implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'made-export-'));
  readonly file = join(this.folder, 'novémber “final” x.csv');
  readonly signer = signerOf(generateKeyPairSync('ed25519').privateKey);
  manifest!: ExportManifest;

  static async make(): Promise<MadeExport> {
    const made = new MadeExport();
    const rows = Buffer.from('connection_id\r\ncvpn-connection-0a\r\n');
    writeFileSync(made.file, rows);
    const parts = await Promise.all(PARTS.map((part) => made.#addLog(part)));
    await made.sign({
      form: 1,
      kind: 'search',
      format: 'csv',
      files: [{ name: basename(made.file), bytes: rows.length, sha256: sha256(rows) }],
      rows: 1,
      // Canonical JSON has DEL as it is.
      question: { user: ['Zoë "O’Brien" \u007f\\u007f\u0001 🦊'], since: [BEGINNING], until: [EXPORTED] },
      window: { since: BEGINNING, until: EXPORTED, match: 'overlap' },
      coverage: { complete: true, gaps: [] },
      assumptions: [],
      exportedBy: 'arn:aws:iam::123456789012:user/auditor',
      versions: { exporter: 'test' },
      checkpoints: parts.map(({ range: { endpointId }, note }) => ({ endpointId, note })),
      evidence: parts.map(({ range }) => range),
      exportedAt: EXPORTED,
    });
    return made;
  }

  /** Has its manifest signed, as those can who may ask the trail for a signature. */
  async sign(changed: Partial<ExportManifest>, signer = this.signer): Promise<void> {
    this.manifest = { ...this.manifest, ...changed };
    this.write(await signManifest(this.manifest, signer));
  }

  write(signed: unknown): void {
    writeFileSync(`${this.file}.manifest.json`, JSON.stringify(signed, undefined, 2));
  }

  /** Where an object of the evidence is. */
  evidence(name: string): string {
    return join(`${this.file}.evidence`, name);
  }

  manifestOf(endpointId: string, entry: number): string {
    return this.evidence(manifestObject(endpointId, entry));
  }

  chunkOf(endpointId: string, entry: number): string {
    return this.evidence(chunkName(endpointId, entry));
  }

  checkpointOf(endpointId: string, size: number): string {
    return this.evidence(checkpointObject(endpointId, size));
  }

  /** Changes what is claimed of a log, and has it signed. */
  async claim(endpointId: string, changed: Partial<EvidenceRange>): Promise<void> {
    const evidence = this.manifest.evidence ?? [];
    await this.sign({
      evidence: evidence.map((one) => (one.endpointId === endpointId ? { ...one, ...changed } : one)),
    });
  }

  range(endpointId: string): EvidenceRange {
    const found = this.manifest.evidence?.find((one) => one.endpointId === endpointId);
    if (!found) throw new Error(`no evidence of ${endpointId}`);
    return found;
  }

  async #addLog({ endpointId, entries, first, size, others }: ExportedPart) {
    const texts = Array.from({ length: entries }, (_, entry) => manifestText(madeManifest(endpointId, entry)));
    const leaves = texts.map(leafHash);
    const readNode = nodesOf(leaves);
    for (const entry of [...others, ...Array.from({ length: size - first }, (_, index) => first + index)]) {
      this.#put(manifestObject(endpointId, entry), texts[entry] ?? '');
      if (entry !== EXPIRED) this.#put(chunkName(endpointId, entry), gzipSync(linesOf(endpointId, entry)));
    }
    const note = await signCheckpoint(
      { origin: originOf(endpointId), size: entries, root: rootOf(treeOf(leaves)) },
      this.signer,
    );
    this.#put(checkpointObject(endpointId, entries), note);
    const proofs = others.map(async (entry) => ({
      entry,
      inclusion: (await inclusionProof(entry, entries, readNode)).map(hex),
    }));
    const proven: EvidenceRange = {
      endpointId,
      first,
      size,
      left: (await compactRangeHashes(first, readNode)).map(hex),
      consistency: (await consistencyProof(size, entries, readNode)).map(hex),
      others: await Promise.all(proofs),
    };
    return { range: proven, note };
  }

  #put(name: string, bytes: Uint8Array | string): void {
    mkdirSync(dirname(this.evidence(name)), { recursive: true });
    writeFileSync(this.evidence(name), bytes);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

const slotOf = (entry: number): Instant => addSeconds(BEGINNING, entry * 300);
const linesOf = (endpointId: string, entry: number) => `{"clientVpnEndpointId":"${endpointId}","n":"${entry}"}\n`;
const chunkName = (endpointId: string, entry: number) =>
  chunkObject(endpointId, slotOf(entry), sha256(linesOf(endpointId, entry)));
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const hex = (hash: Hash): string => Buffer.from(hash).toString('hex');

function madeManifest(endpointId: string, entry: number): Manifest {
  const chunks = [{ sha256: sha256(linesOf(endpointId, entry)), first: '', rows: 1 }];
  const expires = entry === EXPIRED ? EXPORTED : '2027-11-22T00:00:00Z';
  return manifestAt(endpointId, entry, slotOf(entry), { chunks, rows: 1, chunksExpireAt: Date.parse(expires) / 1000 });
}

/** The roots of perfect subtrees over leaves. */
function nodesOf(leaves: readonly Hash[]): ReadNode {
  return async ({ level, index }) => rootOf(treeOf(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)));
}

const treeOf = (leaves: readonly Hash[]) => leaves.reduce(appendLeaf, EMPTY_RANGE);
