import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from '../lambda/dynamodb/tables.ts';

/**
 * Creates the table unless it exists: on-demand, its indexes with whole items, items expiring by its time to live.
 * The definition is the one that the CDK stack deploys. An existing table is used unchanged, and needs only the
 * permission to describe it.
 */
export async function createTable(client: DynamoDBClient, name: string, definition: TableDefinition): Promise<void> {
  if (await exists(client, name)) return;
  try {
    await client.send(new CreateTableCommand(tableInput(name, definition)));
  } catch (error) {
    if (error instanceof ResourceInUseException) return;
    throw error;
  }
  await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 60 }, { TableName: name });
  const TimeToLiveSpecification = { AttributeName: definition.timeToLive, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
}

async function exists(client: DynamoDBClient, name: string): Promise<boolean> {
  try {
    await client.send(new DescribeTableCommand({ TableName: name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

/** What creates a table: on-demand, its indexes with whole items. Its time to live is a setting of its own. */
export function tableInput(name: string, definition: TableDefinition) {
  const indexes = definition.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: { ProjectionType: 'ALL' as const },
  }));
  const keys = [definition, ...definition.indexes].flatMap(keySchema);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: [...new Set(keys.map((key) => key.AttributeName))].map((attribute) => ({
      AttributeName: attribute,
      AttributeType: 'S' as const,
    })),
    KeySchema: keySchema(definition),
    ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
  };
}

function keySchema(key: { readonly partitionKey: string; readonly sortKey?: string }): KeySchemaElement[] {
  const partition: KeySchemaElement = { AttributeName: key.partitionKey, KeyType: 'HASH' };
  return key.sortKey === undefined ? [partition] : [partition, { AttributeName: key.sortKey, KeyType: 'RANGE' }];
}
