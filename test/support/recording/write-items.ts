import { BatchWriteCommand, type BatchWriteCommandInput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

type Writes = NonNullable<BatchWriteCommandInput['RequestItems']>[string];

/** A BatchWriteItem takes so many items (DynamoDB API reference). */
const ITEMS_A_WRITE = 25;

/** Writes many items, and removes those with the keys of `gone`: much faster than one by one. */
export async function writeItems(
  documents: DynamoDBDocumentClient,
  table: string,
  items: readonly Record<string, unknown>[],
  gone: readonly Record<string, unknown>[] = [],
): Promise<void> {
  const writes: Writes = [
    ...items.map((Item) => ({ PutRequest: { Item } })),
    ...gone.map((Key) => ({ DeleteRequest: { Key } })),
  ];
  for (let start = 0; start < writes.length; start += ITEMS_A_WRITE) {
    const RequestItems = { [table]: writes.slice(start, start + ITEMS_A_WRITE) };
    await documents.send(new BatchWriteCommand({ RequestItems }));
  }
}
