import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { Meter } from '../../lambda/dynamodb/meter.ts';
import { COUNTERS } from '../../lambda/trail/connection-members.ts';
import { foldSighting } from '../../lambda/trail/fold.ts';
import { present } from '../../lambda/trail/present.ts';
import { readRow } from '../../lambda/trail/row.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { type Extent, figure, printRow, sizesOf } from '../measuring.ts';
import { inFolder, withPageServer } from '../processes.ts';
import { type BenchRow, ENDPOINT, FIRST_CAPTURE, steadyRows } from '../rows.ts';
import { inStore, OPTIONS, portsAt, recordAll } from '../trail.ts';

const SECOND = new Date(FIRST_CAPTURE.getTime() + 300_000);
/**
 * Connections, and how many times as few units are aimed at. Eight units are the same however many connections there are:
 * for the entry, its checkpoint, the watermark, and the trail's own log (ADR 36).
 */
const SIZES: Readonly<Record<string, { readonly connections: number; readonly aim?: number }>> = {
  small: { connections: 100, aim: 18 },
  thousands: { connections: 5_000 },
  largest: { connections: 126_000, aim: 30 },
};
/** BatchWriteItem takes 25 puts; it charges what as many PutItems would. */
const PUTS_A_BATCH = 25;

/**
 * Write units of a steady five-minute snapshot, beside a PutItem for each listed connection into the same table with the
 * same indexes. Both are what the store says in ConsumedCapacity.
 */
export async function bench(extent: Extent): Promise<void> {
  printRow('connections', ['recorder WCU', 'PutItem each WCU', 'fewer by', 'aim']);
  for (const [, { connections, aim }] of sizesOf(SIZES, extent)) {
    const recorder = await inFolder((folder) => recorderUnits(connections, folder));
    const naive = await putItemUnits(connections);
    const fewer = `${figure(naive / recorder, 1)}x`;
    printRow(figure(connections), [figure(recorder), figure(naive), fewer, aim === undefined ? '' : `${aim}x`]);
  }
}

function recorderUnits(connections: number, folder: string): Promise<number> {
  return inStore(({ endpoint }) =>
    withPageServer(connections, async (server) => {
      await recordAll(portsAt(FIRST_CAPTURE, server.url, endpoint, folder), FIRST_CAPTURE);
      await server.next();
      return recordAll(portsAt(SECOND, server.url, endpoint, folder), SECOND);
    }),
  );
}

function putItemUnits(connections: number): Promise<number> {
  return inStore(async ({ client }) => {
    const documents = documentClient(client);
    await putAll(documents, connections, 0);
    return putAll(documents, connections, 1);
  });
}

async function putAll(documents: DynamoDBDocumentClient, connections: number, snapshot: 0 | 1): Promise<number> {
  const meter = new Meter();
  const items = steadyRows(connections, snapshot).map((row) => naiveItem(row, snapshot));
  for (let start = 0; start < items.length; start += PUTS_A_BATCH) {
    const puts = items.slice(start, start + PUTS_A_BATCH).map((Item) => ({ PutRequest: { Item } }));
    const answer = await documents.send(
      new BatchWriteCommand({ RequestItems: { [OPTIONS.CONNECTIONS_TABLE]: puts }, ReturnConsumedCapacity: 'TOTAL' }),
    );
    meter.add(answer.ConsumedCapacity);
  }
  return meter.writeUnits;
}

/** What a recorder without a log would put for each row: the connection with its counters and when it was last seen. */
function naiveItem(row: BenchRow, snapshot: 0 | 1): Record<string, unknown> {
  const f = toInstant(snapshot === 0 ? FIRST_CAPTURE : SECOND);
  const manifest = {
    accountId: '123456789012',
    region: 'eu-central-1',
    endpointId: ENDPOINT,
    entry: snapshot,
    slot: f,
    s: f,
    f,
    epsilonSeconds: 120,
  } as Manifest;
  const read = readRow(row, ENDPOINT);
  const connection = foldSighting(undefined, row.connectionId, { row: read, manifest }, undefined);
  const seen = { ...present(read, COUNTERS), lastSeenAt: f, lastSlot: f };
  return toConnectionItem({ ...connection, ...seen }, undefined);
}
