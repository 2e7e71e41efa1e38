import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ACCESSES, CONNECTIONS, SNAPSHOTS, type TableDefinition } from '../../../lambda/dynamodb/tables.ts';
import { loopbackClient } from '../servers/embedded-dynamodb.ts';
import { meets } from './memory-conditions.ts';

type Item = Record<string, unknown>;
type Key = { readonly partitionKey: string; readonly sortKey?: string };
interface Asked {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Key: Item;
  readonly Item: Item;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly TransactItems: readonly { readonly Put: Asked }[];
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
}

/** DynamoDB Developer Guide, quotas. */
const LARGEST_ITEM = 409_600;
/** Nobody is asked at this address. */
const NOWHERE = 'http://127.0.0.1:1';

let client: DynamoDBClient | undefined;

/**
 * A document client whose tables are in memory: the requests that this product makes, with their conditions, a hundred times faster
 * than an engine. What only an engine knows (reserved words, units) is not judged here; a part of the worlds runs on one.
 */
export class MemoryDocuments extends DynamoDBDocumentClient {
  readonly #tables = new Map<string, Map<string, Item>>();

  constructor() {
    client ??= loopbackClient(NOWHERE);
    super(client, {});
  }

  override async send(command: unknown): Promise<never> {
    const sent = command as { readonly constructor: { readonly name: string }; readonly input: Asked };
    return this.#answer(sent.constructor.name, sent.input) as never;
  }

  #answer(name: string, input: Asked): Item {
    if (name === 'GetCommand')
      return { Item: this.#copy(this.#table(input.TableName).get(keyOf(input.TableName, input.Key))) };
    if (name === 'QueryCommand') return this.#query(input);
    if (name === 'ScanCommand')
      return { Items: [...this.#table(input.TableName).values()].map((item) => this.#copy(item)) };
    if (name === 'BatchGetCommand') return { Responses: this.#getAll(input.RequestItems) };
    if (name === 'PutCommand') return this.#put(input);
    if (name === 'TransactWriteCommand') return this.#putTogether(input.TransactItems.map(({ Put }) => Put));
    throw new TypeError(`the tables in memory do not know ${name}`);
  }

  #table(name: string): Map<string, Item> {
    const table = this.#tables.get(name) ?? new Map<string, Item>();
    this.#tables.set(name, table);
    return table;
  }

  #copy(item: Item | undefined): Item | undefined {
    return item && { ...item };
  }

  #getAll(asked: Asked['RequestItems']): Record<string, Item[]> {
    const found = Object.entries(asked).map(([table, { Keys }]): [string, Item[]] => [
      table,
      Keys.map((key) => this.#copy(this.#table(table).get(keyOf(table, key)))).filter((item) => item !== undefined),
    ]);
    return Object.fromEntries(found);
  }

  #put(input: Asked): Item {
    if (!this.#isMet(input)) throw new ConditionalCheckFailedException({ $metadata: {}, message: 'not met' });
    const item = stored(input.Item);
    this.#table(input.TableName).set(keyOf(input.TableName, item), item);
    return {};
  }

  #putTogether(puts: readonly Asked[]): Item {
    if (!puts.every((put) => this.#isMet(put))) {
      const CancellationReasons = puts.map((put) => ({ Code: this.#isMet(put) ? 'None' : 'ConditionalCheckFailed' }));
      throw new TransactionCanceledException({ $metadata: {}, message: 'not met', CancellationReasons });
    }
    for (const put of puts) this.#put({ ...put, ConditionExpression: '' });
    return {};
  }

  #isMet({ TableName, Item, ConditionExpression = '', ExpressionAttributeNames, ExpressionAttributeValues }: Asked) {
    if (ConditionExpression === '') return true;
    const present = this.#table(TableName).get(keyOf(TableName, Item)) ?? {};
    return meets(present, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues);
  }

  #query(input: Asked): Item {
    const { TableName, KeyConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues, Limit } = input;
    const definition = definitionOf(TableName);
    const index: Key = definition.indexes.find(({ name }) => name === input.IndexName) ?? definition;
    const keys = [index, definition].flatMap(({ partitionKey, sortKey }) => [
      partitionKey,
      ...(sortKey ? [sortKey] : []),
    ]);
    const sortText = (item: Item) => [index.sortKey ?? '', ...keys].map((key) => String(item[key])).join('\0');
    const back = input.ScanIndexForward === false ? -1 : 1;
    const after = input.ExclusiveStartKey && sortText(input.ExclusiveStartKey);
    const found = [...this.#table(TableName).values()]
      .filter((item) => index.partitionKey in item && (index.sortKey === undefined || index.sortKey in item))
      .filter((item) => meets(item, KeyConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues))
      .map((item) => ({ item, text: sortText(item) }))
      .filter(({ text }) => after === undefined || (text > after ? 1 : text < after ? -1 : 0) === back)
      .sort((one, other) => (one.text < other.text ? -back : back));
    const page = found.slice(0, Limit).map(({ item }) => this.#copy(item) ?? {});
    const last = page.at(-1);
    if (Limit === undefined || page.length < Limit || !last) return { Items: page };
    return { Items: page, LastEvaluatedKey: Object.fromEntries(keys.map((key) => [key, last[key]])) };
  }
}

function definitionOf(table: string): TableDefinition {
  if (table.includes('Accesses')) return ACCESSES;
  return table.includes('Snapshots') ? SNAPSHOTS : CONNECTIONS;
}

function keyOf(table: string, key: Item): string {
  const { partitionKey, sortKey } = definitionOf(table);
  return `${String(key[partitionKey])}\0${sortKey === undefined ? '' : String(key[sortKey])}`;
}

/** As it comes back: without undefined members, integers as numbers where they are exact; refused where it is too large. */
function stored(item: Item): Item {
  const value = kept(item) as Item;
  if (sizeOf(value) <= LARGEST_ITEM) return value;
  throw Object.assign(new Error('Item size has exceeded the maximum allowed size'), { name: 'ValidationException' });
}

function kept(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(kept);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([name, one]) => [name, kept(one)]));
}

/** About; texts are counted in UTF-16. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.entries(value).reduce((sum, [name, one]) => sum + name.length + sizeOf(one), 0);
}
