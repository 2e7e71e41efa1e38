import { EC2Client } from '@aws-sdk/client-ec2';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { type RecorderOptions, record } from '../../../lambda/recorder/recorder.ts';
import type { Elements } from '../../../lambda/trail/element.ts';
import { FolderArchive } from '../../../local/folder-archive.ts';
import { loopbackIdentity } from '../../../local/loopback.ts';
import { archiveFolder } from '../../../local/open-archive.ts';
import { openSigningKey, signingKeyFile } from '../../../local/signing-key.ts';
import { startSimulatedClientVpn } from '../../../local/simulated-client-vpn/server.ts';
import { holdTrail, type TrailStore } from '../../../local/trail-store.ts';
import { ALPHA, activeRow, BETA, endedRow } from '../recording/recorded-trail.ts';
import { RECORDER_OPTIONS } from '../recording/recorder-options.ts';

/** The slots of {@link recordIntoFolder}. */
export const SLOTS = ['2026-11-20T08:00:00Z', '2026-11-20T08:05:00Z', '2026-11-20T08:10:00Z'] as const;
/** A connection of {@link ALPHA} that has ended in the last of the slots. */
export const BOB = 'cvpn-connection-0b';

/**
 * Records two endpoints into a data folder, as `cvpn-audit record` does.
 *
 * @param more what the rows have beside what they usually have
 */
export async function recordIntoFolder(
  data: string,
  more: Elements = {},
  { slots = SLOTS, ...tables }: Partial<RecorderOptions> & { readonly slots?: readonly string[] } = {},
): Promise<void> {
  const anna = activeRow('cvpn-connection-0a', '2026-11-20 07:50:00', { commonName: 'anna', ...more });
  const bob = activeRow(BOB, '2026-11-20 07:51:00', { commonName: 'bob', ...more });
  let now = new Date(SLOTS[0]);
  const rows = () => (now < new Date(SLOTS[2]) ? [anna, bob] : [anna, endedRow(bob, '2026-11-20 08:09:00')]);
  const world = {
    endpoints: () => [ALPHA, BETA].map((clientVpnEndpointId) => ({ clientVpnEndpointId })),
    connections: (endpointId: string) => (endpointId === ALPHA ? rows() : []),
  };
  const simulated = await startSimulatedClientVpn({ world, now: () => now });
  await withStore(data, async ({ documents }) => {
    const ec2 = new EC2Client({ endpoint: simulated.url, ...loopbackIdentity({}) });
    const evidence = { archive: new FolderArchive(archiveFolder(data)), signer: openSigningKey(signingKeyFile(data)) };
    for (const slot of slots) {
      now = new Date(slot);
      const ports = { ec2, documents, ...evidence, now: () => now };
      const { failures } = await record(ports, { ...RECORDER_OPTIONS, ...tables }, now);
      expect(failures).toEqual([]);
    }
  });
  await simulated.close();
}

/** Works on the tables of a data folder that no process holds. */
export async function withStore<T>(
  data: string,
  work: (store: TrailStore) => Promise<T>,
  connectionsTable = 'Connections',
): Promise<T> {
  const store = await holdTrail({ data, snapshotsTable: 'Snapshots', connectionsTable, env: {} }, 'test');
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Overwrites an item. */
export async function overwrite(
  { documents }: TrailStore,
  TableName: 'Snapshots' | 'Connections',
  Item: Record<string, unknown>,
): Promise<void> {
  await documents.send(new PutCommand({ TableName, Item }));
}
