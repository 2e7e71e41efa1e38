import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Item } from './connection-item.ts';

/** The purpose of a read; each is counted separately. */
export type ReadPurpose = 'index' | 'coverage' | 'snapshot';

/** Gets the cost of each request. */
export type OnRead = (purpose: ReadPurpose, consumed: ConsumedCapacity | undefined) => void;

interface QueryPage {
  readonly items: readonly Item[];
  /** Reads on; absent at the end. */
  readonly next?: NonNullable<QueryCommandInput['ExclusiveStartKey']>;
}

/** Gets and queries that report their cost, if required. */
export class MeteredReads {
  readonly #documents: DynamoDBDocumentClient;
  readonly #onRead: OnRead | undefined;

  constructor(documents: DynamoDBDocumentClient, onRead: OnRead | undefined) {
    this.#documents = documents;
    this.#onRead = onRead;
  }

  async get(purpose: ReadPurpose, get: GetCommandInput): Promise<Item | undefined> {
    const { Item, ConsumedCapacity } = await this.#documents.send(new GetCommand({ ...get, ...this.#metering() }));
    this.#onRead?.(purpose, ConsumedCapacity);
    return Item;
  }

  async query(purpose: ReadPurpose, query: QueryCommandInput): Promise<QueryPage> {
    const { Items, LastEvaluatedKey, ConsumedCapacity } = await this.#documents.send(
      new QueryCommand({ ...query, ...this.#metering() }),
    );
    this.#onRead?.(purpose, ConsumedCapacity);
    return { items: Items ?? [], ...(LastEvaluatedKey ? { next: LastEvaluatedKey } : {}) };
  }

  /** The items of a query, page by page: all, or so many at most. */
  async all(purpose: ReadPurpose, query: QueryCommandInput, limit?: number): Promise<Item[]> {
    const items: Item[] = [];
    let next: QueryPage['next'];
    do {
      const left = limit === undefined ? {} : { Limit: limit - items.length };
      const page = await this.query(purpose, { ...query, ...left, ExclusiveStartKey: next });
      items.push(...page.items);
      next = page.next;
    } while (next && items.length < (limit ?? Number.POSITIVE_INFINITY));
    return items;
  }

  #metering() {
    return this.#onRead ? { ReturnConsumedCapacity: 'TOTAL' as const } : {};
  }
}

/** Bounds before and after all sort keys. */
export const FIRST_KEY = ' ';
export const LAST_KEY = '\u{10FFFF}';

/** The query of a partition of a Snapshots table, by the sort key; both bounds are inclusive. */
export function partitionQuery(table: string, partition: string, from = FIRST_KEY, to = LAST_KEY): QueryCommandInput {
  return {
    TableName: table,
    KeyConditionExpression: 'endpointId = :partition AND #slot BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#slot': 'slot' },
    ExpressionAttributeValues: { ':partition': partition, ':from': from, ':to': to },
  };
}
