import { createHash } from 'node:crypto';
import { daysBefore } from '../../lambda/export/daily/calendar-day.ts';
import { dayManifestObject, dayObject } from '../../lambda/export/daily/day-objects.ts';
import { type Archive, EXPORTS } from '../../lambda/trail/archive.ts';
import { parseJson } from '../../lambda/trail/bounded-json.ts';
import { openManifest, type SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { inOrder } from '../../lambda/trail/in-order.ts';
import { NoteRefused } from '../../lambda/trail/signed-note.ts';
import type { Fault, Findings } from '../findings.ts';
import type { TrustedKeys } from '../trusted-keys.ts';
import { verifyClaims } from './exported-coverage.ts';
import { signedManifest } from './read-manifest.ts';

const MANIFEST = '.manifest.json';
/** What Node reads at once. */
const LARGEST_EXPORT_BYTES = 2 ** 31 - 1;
const AHEAD = 4;

/**
 * Verifies the daily exports of an archive: each needs a manifest signed by a trusted key, and each file must match its
 * manifest. A file without a manifest comes from an interrupted run; the next run writes the manifest. A day without
 * either has failed or was removed; the next run exports it from the log. Both are only notes.
 *
 * @returns how many exports there are
 */
export async function verifyArchivedExports(archive: Archive, keys: TrustedKeys, findings: Findings): Promise<number> {
  const names = new Set(await Array.fromAsync(archive.list(EXPORTS)));
  const manifests = [...names].filter((name) => name.endsWith(MANIFEST));
  const verified = inOrder(manifests, AHEAD, (name) => verifyArchivedExport(archive, name, keys));
  for await (const { files, faults } of verified) {
    for (const file of files) names.delete(file);
    for (const fault of faults) findings.fault(fault);
  }
  for (const name of manifests) names.delete(name);
  for (const name of names) {
    if (isOfInterrupted(name)) findings.note(`${name} has no manifest yet; the next export writes it.`);
    else {
      const message = `${name} is nothing that an export writes, or its manifest does not name it.`;
      findings.fault({ kind: 'object-added', place: 'archive', message });
    }
  }
  noteMissingDays(manifests, findings);
  return manifests.length;
}

function isOfInterrupted(name: string): boolean {
  const { endpointId, day } = dayIn(name);
  return name === dayObject(endpointId, day);
}

function dayIn(name: string): { readonly endpointId: string; readonly day: string } {
  const [, endpointId = '', day = ''] = /^exports\/endpoint=([^/]+)\/day=(\d{4}-\d\d-\d\d)\//.exec(name) ?? [];
  return { endpointId, day };
}

/** Days between the first and the last one that was exported. */
function noteMissingDays(manifests: readonly string[], findings: Findings): void {
  for (const [endpointId, exported] of Map.groupBy(manifests.map(dayIn), (one) => one.endpointId)) {
    const days = exported.flatMap(({ day }) => (day === '' ? [] : [day])).sort();
    const [first, last] = [days[0], days.at(-1)];
    const missing = first && last ? daysBefore(last, first).filter((day) => !days.includes(day)) : [];
    if (missing.length === 0) continue;
    findings.note(
      `${endpointId} has no daily export of ${missing.join(', ')}; the next export makes what is missing, or says why it cannot.`,
    );
  }
}

async function verifyArchivedExport(
  archive: Archive,
  name: string,
  keys: TrustedKeys,
): Promise<{ files: string[]; faults: Fault[] }> {
  const fault = (message: string, kind: Fault['kind'] = 'export-changed') => ({
    kind,
    place: 'archive' as const,
    message,
  });
  const signed = readSigned(await archive.get(name));
  if (!signed) return { files: [], faults: [fault(`${name} is no manifest of an export.`)] };
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const faults: Fault[] = [];
  try {
    const { kind, question } = openManifest(signed, keys.publicKeys);
    const place = dayManifestObject(question.endpoint?.[0] ?? '', question.day?.[0] ?? '');
    if (kind !== 'day' || name !== place) faults.push(fault(`${name} is the manifest of another export (${place}).`));
    verifyClaims(signed.manifest, { fault: ({ message }) => faults.push(fault(`${name}: ${message}`)) });
  } catch (error) {
    if (!(error instanceof NoteRefused)) throw error;
    const kind = error.reason === 'unknown-key' ? 'checkpoint-of-another-key' : 'export-changed';
    faults.push(fault(`${name} is not to be trusted: ${error.message}.`, kind));
  }
  const files = signed.manifest.files.map((file) => `${folder}${file.name}`);
  for (const [index, file] of signed.manifest.files.entries()) {
    const bytes = await archive.get(files[index] ?? '', Math.min(file.bytes, LARGEST_EXPORT_BYTES));
    const isRight = bytes && createHash('sha256').update(bytes).digest('hex') === file.sha256;
    if (!isRight)
      faults.push(fault(`${files[index]} is ${bytes ? 'not the file that its manifest names' : 'not there'}.`));
  }
  return { files, faults };
}

function readSigned(bytes: Uint8Array | undefined): SignedManifest | undefined {
  try {
    return signedManifest.parse(parseJson(Buffer.from(bytes ?? []).toString()));
  } catch {
    return undefined;
  }
}
