import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { documentClient } from '../lambda/dynamodb/documents.ts';
import type { RecorderOptions, RecorderPorts } from '../lambda/recorder/recorder.ts';
import { EPSILON, FOREVER, INTERVAL, PAGE_SIZE } from '../lambda/settings.ts';
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

const ANYONE = { region: 'eu-central-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };

export function ec2Client(url: string): EC2Client {
  return new EC2Client({ ...ANYONE, endpoint: url });
}

export function dynamoDbClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ ...ANYONE, endpoint });
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
