import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { documentClient } from '../lambda/dynamodb/documents.ts';
import { ACCESSES, CONNECTIONS, SNAPSHOTS } from '../lambda/dynamodb/tables.ts';
import type { RecorderOptions, RecorderPorts } from '../lambda/recorder/recorder.ts';
import { EPSILON, FOREVER, INTERVAL, PAGE_SIZE } from '../lambda/settings.ts';
import { present } from '../lambda/trail/present.ts';
import { createTable } from '../local/create-tables.ts';
import { startEmbeddedDynamoDb } from '../local/embedded-dynamodb.ts';
import { FolderArchive } from '../local/folder-archive.ts';
import { archiveFolder } from '../local/open-archive.ts';
import { openSigningKey, signingKeyFile } from '../local/signing-key.ts';

/** The recorder's settings in the benchmarks. */
export const OPTIONS: RecorderOptions = {
  SNAPSHOTS_TABLE: 'Snapshots',
  CONNECTIONS_TABLE: 'Connections',
  ENDPOINTS: 'all',
  INTERVAL_MINUTES: INTERVAL.byDefault,
  PAGE_SIZE: PAGE_SIZE.byDefault,
  EPSILON_SECONDS: EPSILON.byDefault,
  RETENTION: FOREVER,
  REGION: 'eu-central-1',
};

export const ACCESSES_TABLE = 'Accesses';

const ANYONE = { region: 'eu-central-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };

export function ec2Client(url: string): EC2Client {
  return new EC2Client({ ...ANYONE, endpoint: url });
}

export function dynamoDbClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ ...ANYONE, endpoint });
}

/** The trail's tables in an engine of their own. */
export interface TrailStore {
  readonly client: DynamoDBClient;
  /** Where it listens. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Starts an engine, and makes the tables that it has not. */
export async function startTrailStore(file?: string): Promise<TrailStore> {
  const engine = await startEmbeddedDynamoDb(present({ file }));
  const client = dynamoDbClient(engine.endpoint);
  await createTable(client, OPTIONS.SNAPSHOTS_TABLE, SNAPSHOTS);
  await createTable(client, OPTIONS.CONNECTIONS_TABLE, CONNECTIONS);
  await createTable(client, ACCESSES_TABLE, ACCESSES);
  return {
    client,
    endpoint: engine.endpoint,
    close: async () => {
      client.destroy();
      await engine.close();
    },
  };
}

/**
 * The recorder's ports, with the simulated time of a snapshot.
 *
 * @param folder holds archive and signing key, as a data folder does: they go with one store
 */
export function portsAt(now: Date, ec2Url: string, dynamoDbEndpoint: string, folder: string): RecorderPorts {
  return {
    ec2: ec2Client(ec2Url),
    documents: documentClient(dynamoDbClient(dynamoDbEndpoint)),
    archive: new FolderArchive(archiveFolder(folder)),
    signer: openSigningKey(signingKeyFile(folder)),
    now: () => now,
  };
}
