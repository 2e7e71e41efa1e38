import { exportDays } from '../../../lambda/export/daily/export-days.ts';
import { toAnswer } from '../../../lambda/query/connection-answer.ts';
import { projectLog } from '../../../lambda/recorder/project.ts';
import type { RecorderPorts } from '../../../lambda/recorder/recorder.ts';
import type { Connection } from '../../../lambda/trail/connection.ts';
import type { Projection, SnapshotLog } from '../../../lambda/trail/ports.ts';
import type { Manifest } from '../../../lambda/trail/snapshot.ts';
import type { MemoryArchive } from '../recording/memory-archive.ts';
import { ALPHA, type RecordedTrail } from '../recording/recorded-trail.ts';
import { written } from './export-sink.ts';

/** Exports what is due, into an archive of its own unless one is given. */
export async function exportInto(
  trail: RecordedTrail,
  archive: MemoryArchive,
  more: { deadline?: Date; at?: Date; ports?: RecorderPorts } = {},
) {
  const notes: string[] = [];
  const { documents, signer } = more.ports ?? { documents: trail.tables.documents, signer: trail.signer };
  const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE, EPSILON_SECONDS, INTERVAL_MINUTES } = trail.options;
  const settings = {
    SNAPSHOTS_TABLE,
    CONNECTIONS_TABLE,
    EPSILON_SECONDS,
    INTERVAL_MINUTES,
    ACCESSES_TABLE: 'Accesses',
    ARCHIVE_BUCKET: 'archive',
    SIGNING_KEY: 'key',
  };
  const ports = { documents, signer, now: () => trail.now, archive: more.ports?.archive ?? archive };
  const deadline = more.deadline ?? new Date('2030-01-01T00:00:00Z');
  const summary = await exportDays(ports, settings, {
    at: more.at ?? trail.now,
    deadline,
    onNote: (text) => notes.push(text),
  });
  return { ...summary, notes };
}

/** The files in an archive, by day, hexadecimal. */
export function filesIn(archive: MemoryArchive, endpointId = ALPHA): Map<string, string> {
  const files = [...archive.objects].filter(
    ([key]) => key.startsWith(`exports/endpoint=${endpointId}/`) && key.endsWith('.parquet'),
  );
  return new Map(
    files.map(([key, bytes]) => [key.split('day=')[1]?.slice(0, 10) ?? '', Buffer.from(bytes).toString('hex')]),
  );
}

/**
 * What a day's connections are by a replay of the whole log from its beginning to the day's end: nothing is taken from the store's
 * projection.
 */
export async function replayThrough(trail: RecordedTrail, day: string, endpointId = ALPHA): Promise<Connection[]> {
  const connections = new Map<string, Connection>();
  const manifests = (await trail.manifests(endpointId)).filter(({ slot }) => slot.slice(0, 10) <= day);
  let current: Manifest | undefined;
  const log = {
    readManifestsAfter: async function* () {
      for (const manifest of manifests) {
        current = manifest;
        yield manifest;
      }
    },
    readManifest: (id: string, slot: string) => trail.log.readManifest(id, slot),
    readChunk: (id: string, reference: never) => trail.log.readChunk(id, reference),
  } as unknown as SnapshotLog;
  const projection: Projection = {
    readWatermark: async () => undefined,
    saveWatermark: async () => true,
    readConnections: async (ids) =>
      new Map(
        ids.flatMap((id): [string, Connection][] => {
          const connection = connections.get(id);
          return connection ? [[id, connection]] : [];
        }),
      ),
    writeConnection: async (connection) => {
      connections.set(connection.connectionId, connection);
      return true;
    },
  };
  await projectLog({ log, projection, now: () => new Date(current?.f ?? 0), onlyShown: true }, endpointId);
  const first = manifests.find(({ slot }) => slot.slice(0, 10) === day);
  return [...connections.values()]
    .filter(({ lastEntry }) => first !== undefined && lastEntry >= first.entry)
    .sort((a, b) => (a.establishedAt + a.connectionId < b.establishedAt + b.connectionId ? -1 : 1));
}

/** The file that these connections make, hexadecimal. */
export async function fileOf(connections: readonly Connection[]): Promise<string> {
  const bytes = await written(
    'parquet',
    connections.map((connection) => toAnswer(connection)),
  );
  return bytes.toString('hex');
}
