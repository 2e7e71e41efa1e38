import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { judge } from '../trail/judged.ts';
import type { Instant } from '../trail/time.ts';
import { ACCESS_JUDGES } from './item-judges.ts';

/** One answered query. */
export interface Access {
  /** UTC, to the second. */
  readonly at: Instant;
  readonly requestId: string;
  /** An IAM ARN, or the local user on one machine. */
  readonly principal: string;
  /** Path and parameters. */
  readonly question: string;
  readonly rows: number;
}

/** Who read the trail: append-only records. */
export class AccessLog {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #onWrite: ((consumed: ConsumedCapacity | undefined) => void) | undefined;

  constructor(
    documents: DynamoDBDocumentClient,
    table: string,
    onWrite?: (consumed: ConsumedCapacity | undefined) => void,
  ) {
    this.#documents = documents;
    this.#table = table;
    this.#onWrite = onWrite;
  }

  async note({ at, requestId, ...access }: Access): Promise<void> {
    const { ConsumedCapacity } = await this.#documents.send(
      new PutCommand({
        TableName: this.#table,
        Item: { day: at.slice(0, 10), access: accessKey(at, requestId), ...access },
        // A record is never overwritten, not even by a request with a duplicate id.
        ConditionExpression: 'attribute_not_exists(#day)',
        ExpressionAttributeNames: { '#day': 'day' },
        ...(this.#onWrite ? { ReturnConsumedCapacity: 'TOTAL' } : {}),
      }),
    );
    this.#onWrite?.(ConsumedCapacity);
  }

  /** At most `limit` accesses of the day, newest first, with keys from `from` to before `before`. */
  async readDay(day: string, from: string, before: string, limit: number) {
    const { Items, LastEvaluatedKey } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: '#day = :day AND #access BETWEEN :from AND :before',
        ExpressionAttributeNames: { '#day': 'day', '#access': 'access' },
        ExpressionAttributeValues: { ':day': day, ':from': from, ':before': before },
        ScanIndexForward: false,
        // One more, because `before` itself is excluded.
        Limit: limit + 1,
      }),
    );
    const found = (Items ?? []).filter(({ access }) => access !== before);
    return {
      accesses: found.slice(0, limit).map(toAccess),
      more: found.length > limit || LastEvaluatedKey !== undefined,
    };
  }
}

/** The sort key of a record: the time, then the request. */
export const accessKey = (at: Instant, requestId: string): string => `${at}#${requestId}`;

/** @throws Unreadable for what is no record */
function toAccess(item: Record<string, unknown>): Access {
  const { access, principal, question, rows } = item;
  judge(`The access ${String(access)}`, item, ACCESS_JUDGES);
  const [at = '', ...requestId] = String(access).split('#');
  return {
    at,
    requestId: requestId.join('#'),
    principal: String(principal),
    question: String(question),
    rows: Number(rows),
  };
}
