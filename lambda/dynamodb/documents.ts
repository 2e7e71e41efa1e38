import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * The document client that the stores expect. It omits undefined members, and reads integers beyond JavaScript's safe
 * integers as bigint, so that counters stay exact.
 */
export function documentClient(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: {
      wrapNumbers: (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value)),
    },
  });
}
