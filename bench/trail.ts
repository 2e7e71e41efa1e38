import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { documentClient } from '../lambda/dynamodb/documents.ts';
import { ACCESSES, CONNECTIONS, SNAPSHOTS } from '../lambda/dynamodb/tables.ts';
import { type RecorderOptions, type RecorderPorts, record } from '../lambda/recorder/recorder.ts';
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
export interface BenchStore {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
}

/** Works with an engine, which gets the tables that it has not, and closes it. */
export async function inStore<R>(work: (store: BenchStore) => Promise<R>, file?: string): Promise<R> {
  const engine = await startEmbeddedDynamoDb(present({ file }));
  const client = dynamoDbClient(engine.endpoint);
  try {
    await createTable(client, OPTIONS.SNAPSHOTS_TABLE, SNAPSHOTS);
    await createTable(client, OPTIONS.CONNECTIONS_TABLE, CONNECTIONS);
    await createTable(client, ACCESSES_TABLE, ACCESSES);
    return await work({ client, endpoint: engine.endpoint });
  } finally {
    client.destroy();
    await engine.close();
  }
}

/**
 * One recording, which must succeed.
 *
 * @returns the write units that it took
 */
export async function recordAll(ports: RecorderPorts, at: Date): Promise<number> {
  const { endpoints, failures, trailWriteUnits } = await record(ports, OPTIONS, at, {
    deadline: new Date(at.getTime() + 3_600_000),
    onError: (_, failure, error) => console.error(failure, error),
  });
  if (failures.length > 0) throw new Error('the recording failed');
  return endpoints.reduce((total, { writeUnits }) => total + writeUnits, trailWriteUnits);
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
