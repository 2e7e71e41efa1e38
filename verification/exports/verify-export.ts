import { readExport } from '../../lambda/export/formats/readers.ts';
import { MalformedExport, type ReadRecord } from '../../lambda/export/formats/record.ts';
import { checkRegularFile, NoRegularFile } from '../../lambda/regular-file.ts';
import { openCheckpoint, originOf } from '../../lambda/trail/checkpoint.ts';
import { type ExportManifest, openManifest, type SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { Unreadable } from '../../lambda/trail/judged.ts';
import { NoteRefused } from '../../lambda/trail/signed-note.ts';
import type { Findings } from '../findings.ts';
import { judgedArchive } from '../judged-archive.ts';
import { readVouchedNote, type TrustedCheckpoint } from '../log/trusted-checkpoint.ts';
import type { TrustedKeys } from '../trusted-keys.ts';
import { verifyBeside } from './audit-pack.ts';
import { claimedEndpoint } from './claimed-sights.ts';
import { compareConnection, type RowCounts } from './compare-rows.ts';
import { verifyClaims } from './exported-coverage.ts';
import type { EvidenceReadCounts, ExportPlace } from './read-snapshots.ts';
import { type RecomputedLog, type RecomputedPlace, recomputeRows } from './recompute-rows.ts';
import { verifyFiles } from './verify-files.ts';
import { noteOtherLogs } from './verify-owners.ts';

/** What was looked at. */
export interface ExportCounts extends RowCounts, EvidenceReadCounts {
  rows: number;
  /** Connections that the snapshots list, whatever was asked for. */
  listed: number;
}

/** The outcome; what is wrong went to the findings. */
export interface ExportOutcome {
  readonly counts: ExportCounts;
  /** The allowances of the snapshots that came along, in seconds. */
  readonly epsilonSeconds: ReadonlySet<number>;
}

/**
 * Verifies an export, with nothing but itself and a public key: its manifest is the one that was signed, its files are the
 * manifest's, and, with evidence, its rows are what the signed log says, all of them.
 */
export async function verifyExport(given: ExportPlace, keys: TrustedKeys, findings: Findings): Promise<ExportOutcome> {
  const place = { ...given, evidence: judgedArchive(given.evidence, 'export', findings) };
  const { signed, file } = place;
  const { manifest } = signed;
  const counts = noCounts();
  verifySignature(signed, keys, findings);
  verifyClaims(manifest, findings);
  const files = await verifyFiles(file, manifest, findings);
  const checkpoints = openCheckpoints(manifest, keys, findings);
  await verifyBeside(file, manifest, { checkpoints, keys }, findings);
  noteOtherLogs(manifest, findings);
  const records = await readRecords(files, manifest, findings);
  const epsilonSeconds = new Set<number>();
  const outcome = { counts, epsilonSeconds };
  if (!records) return outcome;
  counts.rows = records.size;
  if (records.size !== manifest.rows) {
    const message = `The file has ${records.size} connections; the manifest says ${manifest.rows}.`;
    findings.fault({ kind: 'export-changed', place: 'export', message });
  }
  if (!manifest.evidence) return outcome;
  try {
    for (const log of await verifyRows({ ...place, records, checkpoints, keys }, findings, counts)) {
      for (const seconds of log.epsilonSeconds) epsilonSeconds.add(seconds);
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const message = `The rows cannot be made again from the evidence: ${error.message}`;
    findings.fault({ kind: 'chunk-changed', place: 'export', message });
  }
  return outcome;
}

/** Nothing looked at yet. */
export const noCounts = (): ExportCounts => ({
  rows: 0,
  listed: 0,
  recomputed: 0,
  beyond: 0,
  unread: 0,
  untold: 0,
  undecided: 0,
  entries: 0,
  chunks: 0,
  expired: 0,
});

function verifySignature(signed: SignedManifest, keys: TrustedKeys, findings: Findings): void {
  try {
    openManifest(signed, keys.publicKeys);
  } catch (error) {
    if (!(error instanceof NoteRefused)) throw error;
    const kind = error.reason === 'unknown-key' ? 'checkpoint-of-another-key' : 'export-changed';
    const message = `The manifest is not the one that was signed: ${error.message}.`;
    findings.fault({ kind, place: 'export', field: 'signature', message });
  }
}

/** The checkpoints of a manifest that a trusted key has signed, by endpoint; the others are faults. */
export function openCheckpoints(
  { checkpoints }: ExportManifest,
  keys: TrustedKeys,
  findings: Findings,
): Map<string, TrustedCheckpoint> {
  const opened = new Map<string, TrustedCheckpoint>();
  for (const { endpointId, note } of checkpoints) {
    try {
      opened.set(endpointId, openCheckpoint(note, originOf(endpointId), keys.publicKeys));
    } catch (error) {
      if (!(error instanceof NoteRefused)) throw error;
      const vouched = readVouchedNote(note, endpointId, keys);
      if (vouched) {
        opened.set(endpointId, vouched);
        findings.note(
          `The checkpoint of ${endpointId} is signed with another key than the manifest, whose signer vouches for it: the key may have been changed since. Name both keys with --key.`,
        );
        continue;
      }
      const kind = error.reason === 'unknown-key' ? 'checkpoint-of-another-key' : 'checkpoint-changed';
      const message = `The checkpoint of ${endpointId} in the manifest is not to be trusted: ${error.message}.`;
      findings.fault({ kind, place: 'export', endpointId, message });
    }
  }
  return opened;
}

/** Records of a connection that are read: twice as many as OCSF has events. */
const MOST_RECORDS = 4;

/** The records of the files by connection; undefined if one cannot be read, which is a fault. */
export async function readRecords(
  files: readonly string[],
  { format }: Pick<ExportManifest, 'format'>,
  findings: Findings,
): Promise<Map<string, ReadRecord[]> | undefined> {
  try {
    const records = new Map<string, ReadRecord[]>();
    for (const file of files) {
      checkRegularFile(file);
      for await (const record of readExport(format, file)) {
        const own = records.get(record.connectionId) ?? [];
        // A file of a few bytes could repeat a row without end.
        if (own.length === MOST_RECORDS)
          throw new MalformedExport(record.where, `${record.connectionId} is there more than ${MOST_RECORDS} times`);
        records.set(record.connectionId, [...own, record]);
      }
    }
    return records;
  } catch (error) {
    // Its hash was not that of the manifest: that is told already.
    if (error instanceof NoRegularFile || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (!(error instanceof MalformedExport)) throw error;
    const message = `The file is no ${format} of this product, or not whole: ${error.message}.`;
    findings.fault({ kind: 'export-changed', place: 'export', message });
    return undefined;
  }
}

/** Compares the rows of an export with its evidence; returns what each log gives. */
export async function verifyRows(
  place: RecomputedPlace,
  findings: Findings,
  counts: ExportCounts,
): Promise<readonly RecomputedLog[]> {
  const { records, signed, signal } = place;
  const { format } = signed.manifest;
  const { logs, unreadable } = await recomputeRows(place, findings, counts);
  for (const { expected } of logs) counts.listed += expected.replayed.size;
  for (const [id, found] of records) {
    signal?.throwIfAborted();
    const endpointId = claimedEndpoint(format, found);
    const log =
      logs.find(({ expected }) => expected.replayed.has(id)) ?? logs.find((one) => one.endpointId === endpointId);
    if (log) compareConnection(format, id, found, log, findings, counts);
    else if (unreadable.has(endpointId ?? '')) counts.unread += 1;
    else {
      const message = `Connection ${id} (${found[0]?.where}): nothing came along of the log of its endpoint ${endpointId}.`;
      findings.fault({ kind: 'row-added', place: 'export', endpointId, connectionId: id, message });
    }
  }
  const undecided: string[] = [];
  for (const { endpointId, rows, hasLostRows } of logs) {
    for (const id of rows.wanted) {
      if (records.has(id)) continue;
      const why = hasLostRows ? ' (some chunks have expired)' : '';
      const message = `Connection ${id} is not in the file; the log has it, and the question asks for it${why}.`;
      findings.fault({ kind: 'row-removed', place: 'export', endpointId, connectionId: id, message });
    }
    for (const id of rows.undecided) if (!records.has(id)) undecided.push(id);
  }
  counts.undecided = undecided.length;
  if (undecided.length > 0) {
    const named = undecided.slice(0, MOST_NAMED).join(', ');
    findings.note(
      `Whether the question asks for ${undecided.length} connections that are not in the file depends on later snapshots, which are not included: ${named}${undecided.length > MOST_NAMED ? ', …' : ''}.`,
    );
  }
  return logs;
}

const MOST_NAMED = 10;
