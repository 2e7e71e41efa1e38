import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { CONNECTIONS } from '../../lambda/dynamodb/tables.ts';
import { OPTIONS } from '../trail.ts';
import type { CompanyHistory } from './history.ts';
import { itemBytes, readUnitsOf } from './item-bytes.ts';
import { storedItem } from './load.ts';

/** Items a request: a page, a few, one. */
const LIMITS = [1, 8, 100, 1000];
/** Connections whose partitions are read, of all there are. */
const SAMPLES = 12;

/**
 * Reads every index in requests of several sizes and compares what the engine says they consumed with DynamoDB's rule: the
 * bytes of the items that a request reads, in 4 KB, rounded up for the request, half a unit each; half a unit for nothing.
 *
 * @returns how many requests were compared
 * @throws Error that names the index and both numbers where they differ
 */
export async function checkCharges(client: DynamoDBClient, { visits, recording }: CompanyHistory): Promise<number> {
  let compared = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const visit = visits[Math.floor((visits.length * sample) / SAMPLES)];
    const item = visit && storedItem(visit, recording);
    for (const { name, partitionKey } of CONNECTIONS.indexes) {
      for (const Limit of LIMITS) {
        await compareCharge(client, name, partitionKey, item?.[partitionKey]?.S ?? 'nobody', Limit);
        compared += 1;
      }
    }
  }
  return compared;
}

async function compareCharge(client: DynamoDBClient, index: string, key: string, partition: string, Limit: number) {
  const { Items = [], ConsumedCapacity } = await client.send(
    new QueryCommand({
      TableName: OPTIONS.CONNECTIONS_TABLE,
      IndexName: index,
      KeyConditionExpression: '#key = :partition',
      ExpressionAttributeNames: { '#key': key },
      ExpressionAttributeValues: { ':partition': { S: partition } },
      Limit,
      ReturnConsumedCapacity: 'TOTAL',
    }),
  );
  const expected = readUnitsOf(Items.reduce((sum, item) => sum + itemBytes(item), 0));
  const charged = ConsumedCapacity?.CapacityUnits;
  if (charged !== expected) {
    throw new Error(`${Items.length} items of ${index} were charged with ${charged} read units, not ${expected}`);
  }
}
