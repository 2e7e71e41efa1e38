import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Connection } from '../trail/connection.ts';
import type { Watermark } from '../trail/head.ts';
import { judge } from '../trail/judged.ts';
import type { Projection } from '../trail/ports.ts';
import { fromConnectionItem, type Item, KEY_FORM, toConnectionItem } from './connection-item.ts';
import { ConsistentTable, KEYS_A_BATCH } from './consistent-table.ts';
import { FIRST_WATERMARK_JUDGES, WATERMARK_JUDGES } from './item-judges.ts';
import type { Meter } from './meter.ts';

/** The key of an endpoint's watermark; no ConnectionId that is projected begins with `#`. */
export const watermarkId = (endpointId: string): string => `#watermark#${endpointId}`;

/**
 * The watermark of a stored item.
 *
 * @throws Unreadable for what is none
 */
export function fromWatermarkItem(endpointId: string, item: Item): Watermark {
  judge(`The watermark of ${endpointId}`, item, item.entry === -1 ? FIRST_WATERMARK_JUDGES : WATERMARK_JUDGES);
  const { connectionId: _, keyForm, ...watermark } = item;
  return { ...watermark, endpointId, ...(keyForm === KEY_FORM ? {} : { isOutdated: true }) } as Watermark;
}

/** The stored watermark, for connections with this version's keys. */
export function toWatermarkItem({ endpointId, ...watermark }: Watermark): Item {
  return { connectionId: watermarkId(endpointId), keyForm: KEY_FORM, ...watermark };
}

/** The projection in a Connections table, which holds its own watermarks; `docs/data.md` describes its items (ADR 2). */
export class DynamoDbProjection implements Projection {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #items: ConsistentTable;

  constructor(documents: DynamoDBDocumentClient, table: string, meter?: Meter) {
    this.#documents = documents;
    this.#table = table;
    this.#items = new ConsistentTable(documents, table, meter);
  }

  async readWatermark(endpointId: string): Promise<Watermark | undefined> {
    const item = await this.#items.get({ connectionId: watermarkId(endpointId) });
    return item && fromWatermarkItem(endpointId, item);
  }

  saveWatermark(watermark: Watermark, read: Watermark['networks'] = []): Promise<boolean> {
    // A partial watermark belongs to the entry before: it may replace that entry's watermark, full or partial, but no later one.
    const isLater = `#entry ${watermark.partialAfter === undefined ? '<' : '<='} :entry`;
    // Where another projector has written an odd connection, none says that there is none.
    const isAsPlain = watermark.noneOdd ? ' AND attribute_exists(noneOdd)' : '';
    // The networks that another one has added are not lost.
    const hasAll = watermark.networks ? ' AND networks = :networks' : '';
    return this.#items.put(toWatermarkItem(watermark), {
      ConditionExpression: `attribute_not_exists(connectionId) OR ${isLater}${isAsPlain}${hasAll}`,
      ExpressionAttributeNames: { '#entry': 'entry' },
      ExpressionAttributeValues: { ':entry': watermark.entry, ...(hasAll ? { ':networks': read } : {}) },
    });
  }

  async readConnections(ids: readonly string[]): Promise<Map<string, Connection>> {
    const connections = new Map<string, Connection>();
    for (let start = 0; start < ids.length; start += KEYS_A_BATCH) {
      for (const item of await this.#getBatch(ids.slice(start, start + KEYS_A_BATCH))) {
        const connection = fromConnectionItem(item);
        connections.set(connection.connectionId, connection);
      }
    }
    return connections;
  }

  writeConnection(connection: Connection, read: number | undefined, expiresAt: number | undefined): Promise<boolean> {
    return this.#items.put(
      toConnectionItem(connection, expiresAt),
      read === undefined
        ? { ConditionExpression: 'attribute_not_exists(connectionId)' }
        : { ConditionExpression: 'lastEntry = :read', ExpressionAttributeValues: { ':read': read } },
    );
  }

  async #getBatch(ids: readonly string[]): Promise<Item[]> {
    const Keys = ids.map((connectionId) => ({ connectionId }));
    const { Responses, UnprocessedKeys } = await this.#documents.send(
      new BatchGetCommand({ RequestItems: { [this.#table]: { Keys, ConsistentRead: true } } }),
    );
    const items = Responses?.[this.#table] ?? [];
    // Unprocessed keys (throttled) are requested one by one, because the SDK retries those requests with backoff.
    for (const { connectionId } of UnprocessedKeys?.[this.#table]?.Keys ?? []) {
      const item = await this.#items.get({ connectionId });
      if (item) items.push(item);
    }
    return items;
  }
}
