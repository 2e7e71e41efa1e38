import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** All that a function which reads DynamoDB cannot do without: what the query bundle is measured against. */
export const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
