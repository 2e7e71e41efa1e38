import { expect } from 'vitest';
import { CONNECTIONS } from '../../../lambda/dynamodb/tables.ts';
import { rebuild } from '../../../lambda/recorder/rebuild.ts';
import { appendLeaf, EMPTY_RANGE, leafHash, rootOf } from '../../../lambda/trail/proof.ts';
import { makeTable } from '../servers/embedded-dynamodb.ts';
import type { RecordedTrail, StoredItem } from './recorded-trail.ts';

let rebuilt = 0;

/**
 * What must hold of every trail at rest: each log is gapless, in order, and its tree is that of its manifests; and the
 * projection is what the log says, made anew.
 */
export async function expectSound(trail: RecordedTrail): Promise<void> {
  await expectSoundLogs(trail);
  await expectRebuildEqual(trail);
}

async function expectSoundLogs(trail: RecordedTrail): Promise<void> {
  for (const { endpointId, head } of await trail.log.readEndpoints()) {
    const items = await trail.items(endpointId);
    let range = EMPTY_RANGE;
    for (const [index, item] of items.entries()) {
      const manifest = JSON.parse(item.manifest ?? '');
      expect(manifest).toMatchObject({ endpointId, entry: index, slot: item.slot });
      expect(manifest.previousSlot).toBe(items[index - 1]?.slot);
      range = appendLeaf(range, leafHash(item.manifest ?? ''));
      expect(Buffer.from(item.root as Uint8Array)).toEqual(Buffer.from(rootOf(range)));
    }
    expect(head?.entry).toBe(items.length - 1);
    expect(head?.slot).toBe(items.at(-1)?.slot);
    expect(head?.range.hashes.map((hash) => Buffer.from(hash))).toEqual(range.hashes.map((hash) => Buffer.from(hash)));
  }
}

async function expectRebuildEqual(trail: RecordedTrail): Promise<void> {
  const table = `Rebuilt-${++rebuilt}`;
  await makeTable(trail.tables.client, table, CONNECTIONS);
  const { SNAPSHOTS_TABLE: snapshotsTable, CONNECTIONS_TABLE, RETENTION } = trail.options;
  const ports = { documents: trail.tables.documents, now: () => trail.now };
  await rebuild(ports, { snapshotsTable, connectionsTable: table }, RETENTION === 'forever' ? undefined : RETENTION);
  expect(byId(await trail.scan(table))).toEqual(byId(await trail.scan(CONNECTIONS_TABLE)));
}

function byId(items: readonly StoredItem[]): Map<string, StoredItem> {
  return new Map(items.map((item) => [item.connectionId, item]));
}
