import { MOST_ROWS } from '../../../lambda/query/parameters/definitions.ts';
import { type SnapshotsAnswer, snapshotsAnswer } from '../../../lambda/query/schemas/trail.ts';
import type { Manifest } from '../../../lambda/trail/snapshot.ts';
import { addSeconds, type Instant, parseAwsTime } from '../../../lambda/trail/time.ts';
import { isTakenBefore } from '../../../verification/exports/exported-coverage.ts';
import { readManifest } from '../../../verification/log/stored-log.ts';
import { ApiFailure } from '../../api/api-failure.ts';
import type { Api } from '../../api/client.ts';

/** An entry of a log, as it was hashed. */
export interface WalkedEntry {
  readonly manifest: Manifest;
  readonly text: string;
}

/** A range of slots in a log, both inclusive; absent: from the first, to the last. */
interface Slots {
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

const HASH = /^[0-9a-f]{64}$/;

/** The entries of a range, oldest first, one page at a time. */
export async function* walkLog(api: Api, endpointId: string, slots: Slots): AsyncGenerator<readonly WalkedEntry[]> {
  const { from, to } = slots;
  const question = { endpoint: endpointId, since: from, until: to, manifests: 'true', limit: String(MOST_ROWS) };
  let cursor: string | undefined;
  do {
    const page: SnapshotsAnswer = await api.ask(['snapshots'], { ...question, cursor }, snapshotsAnswer);
    yield page.snapshots.map(({ canonical }) => readEntry(endpointId, canonical));
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/**
 * Reads a manifest, whose members become file names.
 *
 * @throws ApiFailure if it does not belong to this log
 */
export function readEntry(endpointId: string, text: string | undefined): WalkedEntry {
  if (text === undefined) {
    throw new ApiFailure('The API does not give manifests with its snapshots: it is older than this command.');
  }
  const manifest = readManifest(text);
  const isOne =
    manifest?.endpointId === endpointId &&
    parseAwsTime(manifest.slot) === manifest.slot &&
    manifest.chunks.every(({ sha256 }) => HASH.test(sha256));
  if (isOne) return { manifest, text };
  throw new ApiFailure(
    `What the API gave for a manifest of ${endpointId} is none of its log: cvpn-audit verify tells more.`,
  );
}

/** How far back to look for a snapshot, in seconds: few pages with one every few minutes. */
const LOOKS_BACK = [2 * 3600, 2 * 86_400, 60 * 86_400];

/** The slot of the last snapshot that was surely complete at an instant; undefined if there is none. */
export async function lastSnapshotBefore(api: Api, endpointId: string, instant: Instant): Promise<Instant | undefined> {
  for (const from of [...LOOKS_BACK.map((seconds) => addSeconds(instant, -seconds)), undefined]) {
    let found: Instant | undefined;
    for await (const page of walkLog(api, endpointId, { from, to: instant })) {
      found = page.findLast(({ manifest }) => isTakenBefore(manifest, instant))?.manifest.slot ?? found;
    }
    if (found !== undefined) return found;
  }
  return undefined;
}
