import { type Archive, EXPORTS } from '../../trail/archive.ts';
import { isEqual } from '../../trail/merkle-proofs.ts';
import type { Day } from './calendar-day.ts';

/** The name of a day's file. */
export const DAY_FILE = 'connections.parquet';

/** An endpoint's days, in the folder layout of partitioned Parquet. */
const daysFolder = (endpointId: string): string => `${EXPORTS}endpoint=${endpointId}/`;

/** The file of a day. */
export const dayObject = (endpointId: string, day: Day): string => `${daysFolder(endpointId)}day=${day}/${DAY_FILE}`;

/** The signed manifest of a day. It is written last: if it exists, the day is done. */
export const dayManifestObject = (endpointId: string, day: Day): string =>
  `${dayObject(endpointId, day)}.manifest.json`;

/** The days of an endpoint that are done. */
export async function readDoneDays(archive: Archive, endpointId: string): Promise<Set<Day>> {
  const done = new Set<Day>();
  for await (const name of archive.list(daysFolder(endpointId))) {
    const day = /\/day=(\d{4}-\d\d-\d\d)\//.exec(name)?.[1];
    if (day !== undefined && name === dayManifestObject(endpointId, day)) done.add(day);
  }
  return done;
}

/**
 * Stores an object, or finds the same bytes, written by an interrupted or a concurrent run.
 *
 * @throws Error if there are other bytes
 */
export async function putUnlessSame(archive: Archive, key: string, bytes: Uint8Array): Promise<void> {
  if (await archive.putOnce(key, bytes)) return;
  const found = await archive.get(key);
  if (found && isEqual(found, bytes)) return;
  throw new Error(
    `the archive holds another ${key} than the log gives, without a manifest: expected the bytes that an interrupted run wrote. The log or the archive was changed, or this program was. Nothing is written over and nothing is signed; cvpn-audit verify tells which`,
  );
}
