import { toAnswer } from '../../query/connection-answer.ts';
import type { RoutePorts } from '../../query/routes/route.ts';
import type { Archive } from '../../trail/archive.ts';
import type { Connection } from '../../trail/connection.ts';
import type { Signer } from '../../trail/signed-note.ts';
import { hasExpired } from '../../trail/snapshot.ts';
import { createWriter } from '../formats/writers.ts';
import { type Day, firstSecondOf, lastSecondOf } from './calendar-day.ts';
import { changesOf } from './changes-of-day.ts';
import { readDayEntries } from './day-entries.ts';
import { dayManifestObject, dayObject, putUnlessSame } from './day-objects.ts';
import { DayExpired } from './replayed-log.ts';
import { signDay } from './sign-day.ts';
import type { DaySources } from './states-before.ts';

/** The ports for exporting a day. */
export interface DayPorts {
  /** The reads for coverage and checkpoints. */
  readonly routes: RoutePorts;
  readonly sources: DaySources;
  readonly archive: Archive;
  readonly signer: Signer;
}

/**
 * Writes a day of an endpoint's log into the archive: the file first, then its manifest.
 *
 * @returns `expired` if the changes of the day can no longer be computed
 * @throws Error if the archive has a file that differs from the log
 */
export async function exportDay(ports: DayPorts, endpointId: string, day: Day): Promise<'exported' | 'expired'> {
  const { routes, sources, archive, signer } = ports;
  // Each run meets the expired days again, so it does not read all their entries.
  const [oldest] = await routes.reads.readManifests(endpointId, firstSecondOf(day), lastSecondOf(day), 1);
  if (oldest && hasExpired(oldest.manifest, sources.now())) return 'expired';
  try {
    const entries = await readDayEntries(sources.log, endpointId, day);
    const connections = await changesOf(sources, entries);
    const bytes = await toParquet(connections);
    await putUnlessSame(archive, dayObject(endpointId, day), bytes);
    const size = (entries.at(-1)?.entry ?? -1) + 1;
    const signed = await signDay({ ...routes, signer }, { endpointId, day, bytes, rows: connections.length, size });
    // If it exists by now, another run has written it for the same file.
    await archive.putOnce(dayManifestObject(endpointId, day), Buffer.from(`${JSON.stringify(signed, undefined, 2)}\n`));
    return 'exported';
  } catch (error) {
    if (error instanceof DayExpired) return 'expired';
    throw error;
  }
}

async function toParquet(connections: readonly Connection[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const writer = createWriter('parquet', async (piece) => {
    pieces.push(piece);
  });
  await writer.write(connections.map((connection) => toAnswer(connection)));
  await writer.end();
  return Buffer.concat(pieces);
}
