import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { DynamoDbEvidence, type StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import type { Archive } from '../../lambda/trail/archive.ts';
import { databaseFile } from '../../local/data-folder.ts';
import { awsOptions } from '../../local/network/aws-options.ts';
import { archiveFolder, openArchive } from '../../local/open-archive.ts';
import { shareTrail } from '../../local/trail-store.ts';
import { readStackOutputs } from '../api/stack-output.ts';
import type { ArchiveOptions, TrailOptions } from '../trail-options.ts';

/** The options that say where the evidence is. */
export interface EvidenceOptions extends TrailOptions, ArchiveOptions {
  readonly stack?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly archiveOnly?: true;
}

/** Where the evidence is: the tables, the archive, or both. */
interface EvidencePlace {
  readonly store: StoredEvidence | undefined;
  readonly archive: Archive | undefined;
  /** For people. */
  readonly location: string;
  close(): Promise<void>;
}

/**
 * Opens the evidence that the options name: a deployed trail, the data folder on this machine, or an archive alone.
 *
 * @throws Error where there is no trail; what opening a stack or a store throws
 */
export async function openEvidencePlace(options: EvidenceOptions, env: NodeJS.ProcessEnv): Promise<EvidencePlace> {
  if (options.stack !== undefined) return openStack(options, options.stack);
  const data = resolve(options.data);
  const place = await openArchive(options.archive ?? archiveFolder(data), options);
  if (options.archiveOnly) return { store: undefined, ...place, close: async () => undefined };
  if (!env.AWS_ENDPOINT_URL_DYNAMODB && !existsSync(databaseFile(data))) {
    throw new Error(
      `There is no trail in ${data}. Name its folder with --data DIR, a deployed one with --stack NAME, or verify an archive alone with --archive PLACE --archive-only.`,
    );
  }
  const trail = await shareTrail({ ...options, env, asItIs: true }, 'verify');
  return {
    store: new DynamoDbEvidence(trail.documents, options),
    archive: place.archive,
    location: `${trail.location}, archive ${place.location}`,
    close: () => trail.close(),
  };
}

async function openStack(options: EvidenceOptions, stack: string): Promise<EvidencePlace> {
  const { profile, archiveOnly } = options;
  const outputs = await readStackOutputs(stack, options);
  const { archive, location } = await openArchive(options.archive ?? `s3://${outputs.get('ArchiveBucketName')}`, {
    profile,
    region: outputs.region,
  });
  const client = new DynamoDBClient(awsOptions({ profile, region: outputs.region }));
  const tables = {
    snapshotsTable: outputs.get('SnapshotsTableName'),
    connectionsTable: outputs.get('ConnectionsTableName'),
  };
  return {
    store: archiveOnly ? undefined : new DynamoDbEvidence(documentClient(client), tables),
    archive,
    location: `the stack ${stack} in ${outputs.region}, archive ${location}`,
    close: async () => client.destroy(),
  };
}
