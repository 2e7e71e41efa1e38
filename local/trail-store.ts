import { resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../lambda/dynamodb/documents.ts';
import { ACCESSES, CONNECTIONS, SNAPSHOTS } from '../lambda/dynamodb/tables.ts';
import { createTable } from './create-tables.ts';
import { databaseFile, openDataFolder } from './data-folder.ts';
import { answers, type EmbeddedDynamoDb, startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { claimFolder, FolderInUse } from './folder-claim.ts';
import { isLoopback, loopbackIdentity } from './loopback.ts';
import { awsOptions } from './network/aws-options.ts';

/** Where the trail is. */
export interface TrailPlace {
  readonly data: string;
  readonly snapshotsTable: string;
  readonly connectionsTable: string;
  /** The table of accesses; absent for work that answers no queries. */
  readonly accessesTable?: string;
  /** Missing tables are not created: for verification. */
  readonly asItIs?: true;
  /** Read for AWS_ENDPOINT_URL_DYNAMODB, which replaces the embedded store. */
  readonly env: NodeJS.ProcessEnv;
}

/** An open trail: its tables exist. */
export interface TrailStore {
  readonly client: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  /** The address of DynamoDB. */
  readonly endpoint: string;
  /** The place of the data: the data folder, or the address of an external DynamoDB. */
  readonly location: string;
  /** Settles when the embedded engine has ended, with its last words: before `close`, that is a failure. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/** The DynamoDB that was named or found cannot be used. */
class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';
}

/**
 * Opens the trail for a process with exclusive use of the data folder.
 *
 * @throws FolderInUse, DataFolderUnusable, EngineMissing, EngineFailed, StoreUnusable
 */
export async function holdTrail(place: TrailPlace, command: string): Promise<TrailStore> {
  const external = externalDynamoDb(place.env);
  const folder = openDataFolder(place.data);
  const claim = await claimFolder(folder, command);
  const starting = external ?? startEmbeddedDynamoDb({ file: databaseFile(folder) });
  const engine = await Promise.resolve(starting).catch((error: unknown) => {
    claim.release();
    throw error;
  });
  claim.announce(engine.endpoint);
  const close = () => engine.close().finally(() => claim.release());
  return connect(place, { ...engine, close }, external?.endpoint ?? folder);
}

/**
 * Opens the trail for one piece of work: through the engine of a running `serve` in the data folder, or through one that
 * ends with the work.
 *
 * @throws FolderInUse where another process holds the folder and has no DynamoDB to share, and what
 * {@link holdTrail} throws
 */
export async function shareTrail(place: TrailPlace, command: string): Promise<TrailStore> {
  const external = externalDynamoDb(place.env);
  if (external !== undefined) return connect(place, external, external.endpoint);
  try {
    return await holdTrail(place, command);
  } catch (error) {
    // Only `serve` outlives the work that is beginning here.
    const endpoint =
      error instanceof FolderInUse && error.holder?.command === 'serve' ? error.holder.endpoint : undefined;
    if (endpoint === undefined || !(await answers(endpoint))) throw error;
    return connect(place, elsewhere(endpoint), resolve(place.data));
  }
}

function externalDynamoDb(env: NodeJS.ProcessEnv): EmbeddedDynamoDb | undefined {
  const endpoint = env.AWS_ENDPOINT_URL_DYNAMODB;
  if (endpoint === undefined || endpoint === '') return undefined;
  if (URL.canParse(endpoint)) return elsewhere(endpoint);
  throw new StoreUnusable(
    `AWS_ENDPOINT_URL_DYNAMODB is "${endpoint}"; expected an address like http://127.0.0.1:8000.`,
  );
}

function elsewhere(endpoint: string): EmbeddedDynamoDb {
  return { endpoint, ended: new Promise(() => {}), close: async () => {} };
}

async function connect(place: TrailPlace, engine: EmbeddedDynamoDb, location: string): Promise<TrailStore> {
  const { endpoint, ended } = engine;
  const tables = tablesOf(place);
  const twice = tables.find(({ name }, index) => tables.findIndex((table) => table.name === name) < index);
  if (twice) {
    await engine.close();
    throw new StoreUnusable(`Two tables are named "${twice.name}"; expected a name of its own for each.`);
  }
  const client = new DynamoDBClient({
    endpoint,
    ...(isLoopback(endpoint) ? loopbackIdentity(place.env) : awsOptions()),
  });
  const close = async () => {
    client.destroy();
    await engine.close();
  };
  try {
    for (const { name, definition } of place.asItIs ? [] : tables) await createTable(client, name, definition);
  } catch (error) {
    await close();
    throw unusable(endpoint, error);
  }
  return { client, documents: documentClient(client), endpoint, location, ended, close };
}

function tablesOf({ snapshotsTable, connectionsTable, accessesTable }: TrailPlace) {
  return [
    { name: snapshotsTable, definition: SNAPSHOTS },
    { name: connectionsTable, definition: CONNECTIONS },
    ...(accessesTable === undefined ? [] : [{ name: accessesTable, definition: ACCESSES }]),
  ];
}

function unusable(endpoint: string, error: unknown): StoreUnusable {
  const { name, code, message } = error as Error & { code?: string };
  const reason = message || code || name;
  return new StoreUnusable(`The DynamoDB at ${endpoint} does not give the tables of the trail: ${reason}`, {
    cause: error,
  });
}
