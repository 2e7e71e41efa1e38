import { type ConnectionAnswer, connectionAnswer } from '../../../lambda/query/schemas/connection.ts';
import type { EvidenceRange, ExportManifest } from '../../../lambda/trail/export-manifest.ts';
import { addSeconds, earliest, type Instant, toInstant } from '../../../lambda/trail/time.ts';
import { FolderArchive } from '../../../local/folder-archive.ts';
import { noCounts, openCheckpoints, readRecords, verifyRows } from '../../../verification/exports/verify-export.ts';
import { collectFindings } from '../../../verification/findings.ts';
import type { Api } from '../../api/client.ts';

/** The proof of an export's rows, beside the files of the evidence. */
export interface GatheredProof {
  readonly ranges: readonly EvidenceRange[];
  readonly checkpoints: readonly { readonly endpointId: string; readonly note: string }[];
  /** The keys that are said to have signed them. */
  readonly publicKeys: readonly Uint8Array[];
  /** From when on it proves nothing: the newest snapshots may not be signed yet. */
  readonly pendingSince?: Instant | undefined;
}

/** How far a range must reach beyond the window: from the entry of this slot, and through this time. */
export interface WiderReach {
  readonly from?: Instant | undefined;
  readonly through?: Instant | undefined;
}

/** Both together. */
export function joinReaches(one: WiderReach = {}, other: WiderReach = {}): WiderReach {
  const [far, farther = far] = [one.through, other.through].filter((through) => through !== undefined).sort();
  return { from: earliest([one.from, other.from]), through: farther };
}

/** An export whose rows are in the spool, and what it is exported from. */
interface Proving {
  readonly api: Api;
  readonly question: ExportManifest['question'];
  readonly window: ExportManifest['window'];
  readonly coverage: ExportManifest['coverage'];
  readonly spool: string;
  readonly folder: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** An absent connection has ended once it is missing from proofs for 60 minutes and a while. */
const SETTLED_SECONDS = 2 * 3600;

/**
 * Verifies the gathered evidence as `verify` does. Where it shows another row, or wants one that is not there, other entries say why:
 * before the window a name that no later row has, after it what AWS told late of an end. An untouched trail leaves no fault
 * then.
 *
 * @param direction `back`: entries before the window are enough for rows that differ; `on`: also those up to its last sight
 */
export async function reachesNeeded(
  { api, question, window, coverage, spool, folder, now, signal }: Proving,
  { ranges, checkpoints, publicKeys, pendingSince }: GatheredProof,
  direction: 'back' | 'on',
): Promise<Map<string, WiderReach>> {
  const findings = collectFindings(() => undefined);
  const records = await readRecords([spool], { format: 'ndjson' }, findings);
  if (!records) return new Map();
  const manifest: ExportManifest = {
    form: 1,
    kind: 'search',
    format: 'ndjson',
    files: [],
    rows: records.size,
    question: { ...question, match: [window.match] },
    window,
    coverage: { ...coverage, complete: false, pendingSince: earliest([coverage.pendingSince, pendingSince]) },
    assumptions: [],
    checkpoints,
    evidence: ranges,
    exportedAt: toInstant(now()),
    exportedBy: '',
    versions: { exporter: '' },
  };
  const keys = { publicKeys, isPinned: false };
  const signed = { manifest, signature: '', publicKey: '' };
  const opened = openCheckpoints(manifest, keys, findings);
  const place = {
    file: spool,
    signed,
    evidence: new FolderArchive(folder),
    records,
    checkpoints: opened,
    keys,
    signal,
  };
  const logs = await verifyRows(place, findings, noCounts());
  const undecided = logs.flatMap(({ rows }) => [...rows.undecided].filter((id) => !records.has(id)));
  const reaches = new Map<string, WiderReach>();
  const add = (row: ConnectionAnswer, isAbsent: boolean) => {
    const from = isAbsent ? undefined : row.firstSlot;
    const through = isAbsent || direction === 'on' ? lastOf(row) : undefined;
    reaches.set(row.endpointId, joinReaches(reaches.get(row.endpointId), { from, through }));
  };
  for (const id of new Set([...findings.faults.flatMap(({ connectionId }) => connectionId ?? []), ...undecided])) {
    const [record] = records.get(id) ?? [];
    // Written from answers that passed the schema.
    if (record) add(record.fields as unknown as ConnectionAnswer, false);
    else add((await api.ask(['connections', id], {}, connectionAnswer)).connection, true);
  }
  return reaches;
}

/** Until when the log says what a connection is. */
function lastOf({ lastSlot, unlistedSince, end }: ConnectionAnswer): Instant | undefined {
  const [missing] = [end?.between?.[1], unlistedSince].filter((time) => time !== undefined);
  return missing === undefined ? lastSlot : addSeconds(missing, SETTLED_SECONDS);
}
