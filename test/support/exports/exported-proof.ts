import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionAnswer } from '../../../lambda/query/schemas/connection.ts';
import { type ExportManifest, type SignedManifest, signManifest } from '../../../lambda/trail/export-manifest.ts';
import type { Signer } from '../../../lambda/trail/signed-note.ts';
import { FolderArchive } from '../../../local/folder-archive.ts';
import type { Fault } from '../../../verification/findings.ts';
import { type AskedCommand, ask } from '../command/asked-api.ts';
import { lineOf } from '../tampering/tampered-names.ts';
import { written } from './export-sink.ts';
import type { ExportedTrail } from './exported-trail.ts';

/** What `verify FILE` says, for programs. */
export interface ProofVerdict {
  readonly verdict: 'proven' | 'unaltered' | 'not-proven';
  readonly allThatMatch: boolean;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly keysPinned: boolean;
  readonly asked: object;
  readonly assumptions: readonly string[];
}

/** Nobody listens there: an export is verified offline. */
export const NOWHERE = 'http://127.0.0.1:9';

/** An export with what came along, in a folder of its own, which a test may tamper with. */
export class ProvenExport {
  readonly file: string;
  readonly signer: Signer;
  /** Years after the export was made. */
  now = new Date('2031-01-01T00:00:00Z');

  private constructor(file: string, signer: Signer) {
    this.file = file;
    this.signer = signer;
  }

  /** A copy of an export that is there. */
  static copy(exported: ExportedTrail, name: string): ProvenExport {
    const folder = mkdtempSync(join(exported.folder, 'copy-'));
    for (const suffix of ['', '.manifest.json', '.evidence']) {
      const from = exported.path(`${name}${suffix}`);
      if (existsSync(from)) cpSync(from, join(folder, `${name}${suffix}`), { recursive: true });
    }
    return new ProvenExport(join(folder, name), exported.trail.signer);
  }

  /** Runs `verify FILE` with the trail's key. */
  async verify(words: readonly string[] = []): Promise<AskedCommand> {
    const key = Buffer.from(await this.signer.publicKey()).toString('base64');
    return ask(NOWHERE, ['verify', this.file, '--key', key, ...words], { time: { now: () => this.now } });
  }

  async verdict(): Promise<ProofVerdict> {
    const { out, said } = await this.verify(['--output', 'json']);
    if (out === '') throw new Error(said);
    return JSON.parse(out) as ProofVerdict;
  }

  /** The faults, each as {@link lineOf} has it, without their place: they are all of the export. */
  async faults(): Promise<string[]> {
    return (await this.verdict()).faults.map((fault) => lineOf(fault).replace('export ', ''));
  }

  get signed(): SignedManifest {
    return JSON.parse(readFileSync(`${this.file}.manifest.json`, 'utf8')) as SignedManifest;
  }

  write(signed: unknown): void {
    writeFileSync(`${this.file}.manifest.json`, JSON.stringify(signed));
  }

  /** Has another manifest signed, as those can who may ask the trail for a signature; or anybody, with a key of their own. */
  async sign(changed: Partial<ExportManifest>, signer = this.signer): Promise<void> {
    this.write(await signManifest({ ...this.signed.manifest, ...changed }, signer));
  }

  /** Writes other rows in its format, and has them signed. */
  async replaceRows(rows: readonly ConnectionAnswer[]): Promise<void> {
    const { manifest } = this.signed;
    const bytes = await written(manifest.format, rows);
    writeFileSync(this.file, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const files = manifest.files.map((file) => ({ ...file, bytes: bytes.length, sha256 }));
    await this.sign({ files, rows: new Set(rows.map(({ connectionId }) => connectionId)).size });
  }

  /** Where a file of the evidence is. */
  evidence(name: string): string {
    return join(`${this.file}.evidence`, name);
  }

  /** The names of the files that came along, in order. */
  evidenceNames(prefix = ''): Promise<string[]> {
    return Array.fromAsync(new FolderArchive(`${this.file}.evidence`).list(prefix));
  }

  /** Replaces a file of the evidence, or removes it. */
  replaceEvidence(name: string, bytes: Uint8Array | string | undefined): void {
    rmSync(this.evidence(name), { force: true });
    if (bytes !== undefined) writeFileSync(this.evidence(name), bytes);
  }
}
