import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  paginateQuery,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Item } from './connection-item.ts';
import type { Meter } from './meter.ts';

/** Keys that BatchGetItem takes at most (DynamoDB API reference). */
export const KEYS_A_BATCH = 100;

/** What must hold for a write. */
export type Condition = Pick<
  PutCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** A table for those who write it, and for those who verify it: every read is consistent, and the meter has every write. */
export class ConsistentTable {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #meter: Meter | undefined;

  constructor(documents: DynamoDBDocumentClient, table: string, meter?: Meter) {
    this.#documents = documents;
    this.#table = table;
    this.#meter = meter;
  }

  async get(key: object): Promise<Item | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#table, Key: { ...key }, ConsistentRead: true }),
    );
    return Item;
  }

  /** @returns false, with nothing written, if the condition does not hold */
  async put(item: Item, condition: Condition = {}): Promise<boolean> {
    try {
      const answer = await this.#documents.send(
        new PutCommand({ TableName: this.#table, Item: item, ReturnConsumedCapacity: 'TOTAL', ...condition }),
      );
      this.#meter?.add(answer.ConsumedCapacity);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** @returns false, with nothing written, if a condition does not hold or somebody else is writing one of the items */
  async putTogether(puts: readonly (Condition & { readonly Item: Item })[]): Promise<boolean> {
    try {
      const answer = await this.#documents.send(
        new TransactWriteCommand({
          TransactItems: puts.map((put) => ({ Put: { TableName: this.#table, ...put } })),
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      this.#meter?.add(answer.ConsumedCapacity);
      return true;
    } catch (error) {
      if (isOvertaken(error)) return false;
      throw error;
    }
  }

  /** The items of a partition of the Snapshots table, by their sort key; `after` is excluded, unless there is a `through`. */
  async *query(partition: string, after?: string, through?: string): AsyncIterable<Item> {
    const pages = paginateQuery(
      { client: this.#documents },
      {
        TableName: this.#table,
        ConsistentRead: true,
        KeyConditionExpression: `endpointId = :partition${keyRange(after, through)}`,
        ExpressionAttributeNames: after === undefined ? undefined : { '#slot': 'slot' },
        ExpressionAttributeValues: { ':partition': partition, ':after': after, ':through': through },
      },
    );
    for await (const { Items } of pages) yield* Items ?? [];
  }

  /** The last items of a partition of the Snapshots table, the last one first: so many at most. */
  async queryLast(partition: string, limit: number): Promise<Item[]> {
    const { Items } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#table,
        ConsistentRead: true,
        KeyConditionExpression: 'endpointId = :partition',
        ExpressionAttributeValues: { ':partition': partition },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items ?? [];
  }
}

function keyRange(after: string | undefined, through: string | undefined): string {
  if (after === undefined) return '';
  return through === undefined ? ' AND #slot > :after' : ' AND #slot BETWEEN :after AND :through';
}

function isOvertaken(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  return codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict');
}
