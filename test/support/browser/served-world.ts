import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { record } from '../../../lambda/recorder/recorder.ts';
import { openDataFolder } from '../../../local/data-folder.ts';
import { startLocalApi } from '../../../local/local-api.ts';
import { archiveFolder, openArchive } from '../../../local/open-archive.ts';
import { openSimulation } from '../../../local/recording-source.ts';
import { openSigningKey, signingKeyFile } from '../../../local/signing-key.ts';
import type { World } from '../../../local/simulated-client-vpn/world.ts';
import { holdTrail } from '../../../local/trail-store.ts';
import { RECORDER_OPTIONS } from '../recording/recorder-options.ts';

/** A recorded world behind the server that `serve` has, pages included, at a time that stands still. */
export interface ServedWorld {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What callers were not told. */
  readonly errors: unknown[];
  close(): Promise<void>;
}

interface Recorded {
  readonly world: World;
  /** When it is recorded, in order. */
  readonly slots: readonly Date[];
  /** What time it is when pages are asked for. */
  readonly now: Date;
  /** A folder to keep the trail in, and to find it in: it is recorded only once. @default - a new one, removed at the end */
  readonly data?: string | undefined;
}

/** Records a world, and serves what was recorded. */
export async function serveWorld({ world, slots, now, data }: Recorded): Promise<ServedWorld> {
  const isRecorded = data !== undefined && existsSync(data);
  const folder = openDataFolder(data ?? mkdtempSync(join(tmpdir(), 'served-')));
  const store = await holdTrail(
    { data: folder, snapshotsTable: 'Snapshots', connectionsTable: 'Connections', accessesTable: 'Accesses', env: {} },
    'test',
  );
  const signer = openSigningKey(signingKeyFile(folder));
  if (!isRecorded) {
    const { archive } = await openArchive(archiveFolder(folder));
    const { places, clock, close } = await openSimulation(world, 0);
    const [{ ec2 }] = places;
    const ports = { ec2, documents: store.documents, archive, signer, now: clock.now, elapsed: clock.elapsed };
    for (const slot of slots) {
      clock.hold(slot);
      const { failures } = await record(ports, RECORDER_OPTIONS, slot);
      if (failures[0]) throw new Error(`${slot.toISOString()}: ${failures[0].message}`);
    }
    await close();
  }
  const errors: unknown[] = [];
  const server = await startLocalApi({
    port: 0,
    documents: store.documents,
    signer,
    settings: { ...RECORDER_OPTIONS, ACCESSES_TABLE: 'Accesses' },
    now: () => now,
    onError: (error) => errors.push(error),
  });
  const close = async () => {
    await server.close();
    await store.close();
    if (data === undefined) rmSync(folder, { recursive: true });
  };
  return { url: server.url, errors, close };
}
