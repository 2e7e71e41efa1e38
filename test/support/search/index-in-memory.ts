import { type Item, toConnectionItem } from '../../../lambda/dynamodb/connection-item.ts';
import { CONNECTIONS } from '../../../lambda/dynamodb/tables.ts';
import type { DynamoDbTrailReads, IndexPage, IndexStretch } from '../../../lambda/dynamodb/trail-reads.ts';
import type { Connection } from '../../../lambda/trail/connection.ts';

interface Entry {
  readonly connection: Connection;
  readonly item: Item;
}

/**
 * The indexes of the Connections table in memory, for more histories than the embedded store can take in the time. A
 * read may stop after fewer rows than asked for, as DynamoDB's do at 1 MB.
 */
export function indexInMemory(
  connections: readonly Connection[],
  mostRows: number,
): Pick<DynamoDbTrailReads, 'readIndex' | 'readConnection'> {
  const entries = connections.map((connection) => ({ connection, item: toConnectionItem(connection, undefined) }));
  return {
    readConnection: (id) => Promise.resolve(connections.find(({ connectionId }) => connectionId === id)),
    readIndex: (stretch, limit, after) => {
      const found = readStretch(entries, stretch);
      const from = Number(after?.from ?? 0);
      const to = from + Math.min(limit, mostRows);
      const page: IndexPage = { connections: found.slice(from, to).map(({ connection }) => connection) };
      // DynamoDB says so too where the rows end with the page.
      return Promise.resolve(to <= found.length ? { ...page, next: { from: to } } : page);
    },
  };
}

function readStretch(entries: readonly Entry[], { index, partition, from, to, order }: IndexStretch): Entry[] {
  const definition = CONNECTIONS.indexes.find(({ name }) => name === index);
  if (!definition) throw new Error(`there is no index ${index}`);
  const keyOf = ({ item }: Entry) => String(item[definition.sortKey]);
  const found = entries
    .filter(
      (entry) => entry.item[definition.partitionKey] === partition && entry.item[definition.sortKey] !== undefined,
    )
    .filter((entry) => (from === undefined || keyOf(entry) >= from) && (to === undefined || keyOf(entry) <= to))
    .sort((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1));
  return order === 'ascending' ? found.toReversed() : found;
}
