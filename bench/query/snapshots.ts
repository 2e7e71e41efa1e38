import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbProjection } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { DynamoDbSnapshotLog } from '../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { RECORDER_VERSION } from '../../lambda/recorder/version.ts';
import { packChunks } from '../../lambda/trail/chunks.ts';
import { LISTED_AFTER_END_SECONDS } from '../../lambda/trail/coverage.ts';
import { gapReasons } from '../../lambda/trail/gap-reasons.ts';
import type { Head } from '../../lambda/trail/head.ts';
import { gapOf } from '../../lambda/trail/log.ts';
import { withAddresses } from '../../lambda/trail/networks.ts';
import type { GapNote } from '../../lambda/trail/ports.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { FORMAT_VERSION, type Manifest, type StoredRow, sortRows } from '../../lambda/trail/snapshot.ts';
import type { CompanyEndpoint } from '../../local/simulated-client-vpn/company/endpoints.ts';
import { derivedUuid } from '../../local/simulated-client-vpn/derived-id.ts';
import { describeEndpoint } from '../../local/simulated-client-vpn/endpoint-description.ts';
import { OPTIONS } from '../trail.ts';
import { COMPANY_ENDPOINTS } from './company.ts';
import type { CompanyHistory, Visit } from './history.ts';
import { rowAt } from './projected.ts';
import { begunAt, type Entry, entryAt, NEWEST, OUTAGE, slotFrom } from './recording.ts';

/** Visits whose addresses show all networks of an endpoint. */
const ENOUGH = 1000;

/**
 * Writes the endpoints' logs as far as they are read: the snapshots at the beginning, around the outage and now, and those that
 * saw the beginning and the end of some connections.
 */
export async function writeSnapshotLogs(
  documents: DynamoDBDocumentClient,
  { visits, recording }: CompanyHistory,
  shown: readonly Visit[],
): Promise<void> {
  for (const endpoint of COMPANY_ENDPOINTS) {
    const isOwn = ({ person }: Visit) => person.endpoint === endpoint.key;
    const seen = shown
      .filter(isOwn)
      .flatMap(({ start, end }) => [slotFrom(recording, start), slotFrom(recording, end)]);
    const slots = [recording.first, OUTAGE.before, OUTAGE.after, NEWEST, ...seen.filter((slot) => slot !== undefined)];
    const ordered = [...new Set(slots)].sort((a, b) => a - b);
    await writeLog(documents, endpoint, { visits: visits.filter(isOwn), recording }, ordered);
  }
}

/**
 * Whole snapshots at some slots, in order, the last of them the newest, with the gap of the outage. The head's tree has a leaf for
 * every snapshot in between, made up.
 */
async function writeLog(
  documents: DynamoDBDocumentClient,
  endpoint: CompanyEndpoint,
  { visits, recording }: Pick<CompanyHistory, 'visits' | 'recording'>,
  slots: readonly number[],
): Promise<void> {
  const log = new DynamoDbSnapshotLog(documents, OPTIONS.SNAPSHOTS_TABLE);
  await log.putDescription(endpoint.id, describeEndpoint(endpoint));
  let newest: Manifest | undefined;
  for (const slot of slots) {
    newest = await manifestOf(log, entryAt(recording, endpoint.id, slot), rowsAt(visits, begunAt(slot)));
    const head = await log.readHead(endpoint.id);
    if (!(await log.commit(newest, head && filled(head, newest.entry), gapNoteBefore(newest)))) {
      throw new Error(`the snapshot of ${newest.slot} was not committed`);
    }
  }
  if (!newest) throw new RangeError('expected at least one slot');
  const { entry, slot, s, f } = newest;
  const projection = new DynamoDbProjection(documents, OPTIONS.CONNECTIONS_TABLE);
  const rows = visits.slice(0, ENOUGH).map((visit) => rowAt(visit, visit.start));
  const addresses = rows.flatMap(({ clientIp, clientIpv6Address }) => [clientIp, clientIpv6Address]);
  const networks = withAddresses(
    [],
    addresses.filter((address) => typeof address === 'string'),
  );
  await projection.saveWatermark({ endpointId: endpoint.id, entry, slot, s, f, unlisted: [], noneOdd: true, networks });
}

async function manifestOf(log: DynamoDbSnapshotLog, entry: Entry, rows: StoredRow[]): Promise<Manifest> {
  const chunks = [];
  for await (const chunk of packChunks(sortRows(rows))) {
    await log.putChunk(entry.endpointId, chunk, undefined);
    chunks.push({ sha256: chunk.sha256, first: chunk.first, rows: chunk.rows });
  }
  const pages = Math.max(1, Math.ceil(rows.length / OPTIONS.PAGE_SIZE));
  return {
    kind: 'snapshot',
    ...entry,
    pages,
    requestIds: Array.from({ length: pages }, (_, page) => derivedUuid(entry.endpointId, entry.slot, page)),
    rows: rows.length,
    connections: rows.length,
    chunks,
    versions: { format: FORMAT_VERSION, recorder: RECORDER_VERSION },
  };
}

/** What AWS lists at an instant: who is connected, and who was within the hour before. */
function rowsAt(visits: readonly Visit[], at: number): StoredRow[] {
  return visits
    .filter(({ start, end }) => start <= at && at < end + LISTED_AFTER_END_SECONDS)
    .map((visit) => ({ id: visit.connectionId, line: JSON.stringify(rowAt(visit, at)) }));
}

/** The head as if the entries up to this one had been appended: one hash for each bit of their number. */
function filled(head: Head, entry: number): Head {
  const ones = entry.toString(2).replaceAll('0', '').length;
  return { ...head, range: { size: entry, hashes: Array.from({ length: ones }, (_, bit) => leafHash(String(bit))) } };
}

function gapNoteBefore(manifest: Manifest): GapNote | undefined {
  const { previousS, f } = manifest;
  const gap = gapOf(manifest, undefined);
  if (!gap || previousS === undefined) return undefined;
  return { ...gap, reasons: gapReasons([], previousS, f, OPTIONS.INTERVAL_MINUTES, []) };
}
