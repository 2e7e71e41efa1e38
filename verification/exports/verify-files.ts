import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import type { Findings } from '../fault.ts';

/** The files of an export must be those whose hashes its manifest holds. One that was renamed is looked for by its new name. */
export async function verifyFiles(file: string, { files }: ExportManifest, findings: Findings): Promise<void> {
  for (const [index, { name, bytes, sha256 }] of files.entries()) {
    const path = files.length === 1 ? file : join(dirname(file), basename(name));
    const found = await hashFile(path);
    if (found?.sha256 === sha256 && found.bytes === bytes) continue;
    const what = found
      ? `has ${found.bytes} bytes of SHA-256 ${found.sha256}; the manifest says ${bytes} of ${sha256}`
      : 'is not there';
    const message = `${basename(path)} ${what}.`;
    findings.fault({ kind: 'export-changed', place: 'export', field: `files[${index}]`, message });
  }
}

async function hashFile(path: string): Promise<{ bytes: number; sha256: string } | undefined> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        hash.update(chunk);
      }
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}
