import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';

/** The bare client with the three commands that the query function sends, without which it could send nothing. */
export const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
export const commands = { GetCommand, PutCommand, QueryCommand };
