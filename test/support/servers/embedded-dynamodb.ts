import { CreateTableCommand, DynamoDBClient, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../../lambda/dynamodb/documents.ts';
import { CONNECTIONS, SNAPSHOTS, type TableDefinition } from '../../../lambda/dynamodb/tables.ts';
import { tableInput } from '../../../local/create-tables.ts';
import { startEmbeddedDynamoDb } from '../../../local/embedded-dynamodb.ts';
import { loopbackHandler } from './loopback-handler.ts';

/** Both tables of an empty trail, in an engine of its own, in memory. */
export interface MadeTables {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  readonly snapshotsTable: string;
  readonly connectionsTable: string;
  close(): Promise<void>;
}

/** What an engine takes for a signature. */
const ANY =
  'AWS4-HMAC-SHA256 Credential=any/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=any';

/** What the SDK would look up in environment and files for each client. */
export const LOOKED_UP = {
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  defaultsMode: 'standard',
  maxAttempts: 3,
  retryMode: 'standard',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
} as const;

/** What the SDK does with each request that no server of the tests looks at: a tenth of the time of a request. */
const NOT_LOOKED_AT = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/** Leaves that out. */
export function withoutNeedless<Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client {
  for (const name of NOT_LOOKED_AT) client.middlewareStack.remove(name);
  return client;
}

/** A client for an engine on loopback, which looks at no signature: making them takes an eighth of the time of a request. */
export function loopbackClient(endpoint: string): DynamoDBClient {
  const url = new URL(endpoint);
  return withoutNeedless(
    new DynamoDBClient({
      ...LOOKED_UP,
      requestHandler: loopbackHandler(endpoint),
      endpoint,
      endpointProvider: () => ({ url }),
      region: 'eu-west-1',
      accountIdEndpointMode: 'disabled',
      endpointDiscoveryEnabled: false,
      signer: {
        sign: (request) => {
          Object.assign(request.headers, { authorization: ANY, 'x-amz-date': '20260101T000000Z' });
          return Promise.resolve(request);
        },
      },
    }),
  );
}

/**
 * Makes a table unless it exists. An engine has it at once and deletes nothing: it is not waited for, as on AWS, and no time to live
 * is set.
 */
export async function makeTable(client: DynamoDBClient, name: string, definition: TableDefinition): Promise<void> {
  try {
    await client.send(new CreateTableCommand(tableInput(name, definition)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

/** Starts an engine in memory and creates the tables `Snapshots` and `Connections` in it. */
export async function startTrailTables(): Promise<MadeTables> {
  const engine = await startEmbeddedDynamoDb({});
  const client = loopbackClient(engine.endpoint);
  const documents = documentClient(client);
  await makeTable(client, 'Snapshots', SNAPSHOTS);
  await makeTable(client, 'Connections', CONNECTIONS);
  return {
    endpoint: engine.endpoint,
    client,
    documents,
    snapshotsTable: 'Snapshots',
    connectionsTable: 'Connections',
    close: async () => {
      client.destroy();
      await engine.close();
    },
  };
}
