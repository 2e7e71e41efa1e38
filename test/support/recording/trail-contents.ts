import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { fromConnectionItem, type Item } from '../../../lambda/dynamodb/connection-item.ts';
import { DynamoDbSnapshotLog } from '../../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { unpackChunk } from '../../../lambda/trail/chunks.ts';
import type { Connection } from '../../../lambda/trail/connection.ts';
import type { Elements } from '../../../lambda/trail/element.ts';
import { type Manifest, parseLine } from '../../../lambda/trail/snapshot.ts';
import type { TrailStore } from '../../../local/trail-store.ts';
import { withStore } from '../tampering/tampered-folder.ts';

/** All that a data folder's trail holds. */
export interface TrailContents {
  /** The items of both tables as stored, sorted by their keys. */
  readonly items: { readonly snapshots: Item[]; readonly connections: Item[] };
  readonly connections: Connection[];
  /** Each endpoint's log, in order. */
  readonly logs: ReadonlyMap<string, Manifest[]>;
  /** The rows of each endpoint's newest snapshot, as AWS gave them. */
  readonly newestRows: ReadonlyMap<string, Elements[]>;
}

/** Reads a data folder that no process holds. */
export function readTrail(data: string, connectionsTable = 'Connections'): Promise<TrailContents> {
  const read = async (store: TrailStore) => {
    const items = {
      snapshots: await allItems(store, 'Snapshots'),
      connections: await allItems(store, connectionsTable),
    };
    const connections = items.connections.filter(({ connectionId }) => !String(connectionId).startsWith('#'));
    return { items, connections: connections.map(fromConnectionItem), ...(await readLogs(store)) };
  };
  return withStore(data, read, connectionsTable);
}

/** The items of the evidence as stored, and how many items the projection has. */
export function readEvidence(data: string): Promise<{ snapshots: Item[]; projected: number }> {
  return withStore(data, async (store) => {
    const counting = { TableName: 'Connections', ConsistentRead: true, Select: 'COUNT' as const };
    let projected = 0;
    for await (const page of paginateScan({ client: store.documents }, counting)) projected += page.Count ?? 0;
    return { snapshots: await allItems(store, 'Snapshots'), projected };
  });
}

async function readLogs({ documents }: TrailStore): Promise<Pick<TrailContents, 'logs' | 'newestRows'>> {
  const log = new DynamoDbSnapshotLog(documents, 'Snapshots');
  const logs = new Map<string, Manifest[]>();
  const newestRows = new Map<string, Elements[]>();
  for (const { endpointId } of await log.readEndpoints()) {
    const manifests = await Array.fromAsync(log.readManifestsAfter(endpointId, undefined));
    logs.set(endpointId, manifests);
    const rows: Elements[] = [];
    for (const chunk of manifests.at(-1)?.chunks ?? []) {
      const bytes = await log.readChunk(endpointId, chunk);
      if (bytes) rows.push(...(await unpackChunk(chunk, bytes)).map(parseLine));
    }
    newestRows.set(endpointId, rows);
  }
  return { logs, newestRows };
}

async function allItems({ documents }: TrailStore, TableName: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client: documents }, { TableName, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  return items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf(item: Item): string {
  return JSON.stringify([item.endpointId, item.slot, item.connectionId]);
}
