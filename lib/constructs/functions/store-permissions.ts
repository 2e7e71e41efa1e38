import { Stack } from 'aws-cdk-lib';
import { type ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CONNECTIONS } from '../../../lambda/dynamodb/tables.ts';
import { acknowledgeWildcards } from '../acknowledge-wildcards.ts';
import type { TrailArchive } from '../storage/trail-archive.ts';
import type { TrailTable } from '../storage/trail-tables.ts';

/** Actions on resources, where the conditions hold. */
export function allow(
  sid: string,
  actions: string[],
  resources: string[],
  conditions: Readonly<Record<string, unknown>> = {},
): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources, conditions });
}

/** Manifests, chunks, gaps, failures and heads. */
export function readSnapshots({ tableArn }: TrailTable): PolicyStatement {
  return allow('ReadSnapshots', ['dynamodb:GetItem', 'dynamodb:Query'], [tableArn]);
}

/** Each index by its name, so that an index added later is not readable by default. */
export function searchConnections({ tableArn }: TrailTable): PolicyStatement {
  const indexes = CONNECTIONS.indexes.map(({ name }) => `${tableArn}/index/${name}`);
  return allow('SearchConnections', ['dynamodb:Query'], indexes);
}

/**
 * A role's permissions on the tables' key, if there is one. DynamoDB decrypts a table's key on behalf of the
 * caller that reads or writes the table. It creates data keys on its own behalf, by its grant on the key (DynamoDB
 * Developer Guide, "DynamoDB encryption at rest usage notes").
 */
export function useTablesKey(key: IKey | undefined): PolicyStatement[] {
  return key === undefined ? [] : [useKey('UseTablesKey', key, 'dynamodb', ['kms:Decrypt', 'kms:DescribeKey'])];
}

/** The permission to sign with these keys of the trail: only Ed25519 over the message itself. */
export function signing(...keys: readonly IKey[]): PolicyStatement[] {
  const arns = keys.map(({ keyArn }) => keyArn);
  const raw = { StringEquals: { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' } };
  return [allow('Sign', ['kms:Sign'], arns, raw), allow('ReadPublicKey', ['kms:GetPublicKey'], arns)];
}

/**
 * What a role needs to add objects to folders of the archive, and to read what is there already: no deletion, no lock, and no
 * second version of an object, since every write must say that it is the first (S3 User Guide, "Enforce conditional writes on
 * Amazon S3 buckets").
 *
 * @param read the folders of which it reads
 */
export function appendToArchive(
  archive: TrailArchive,
  folders: readonly string[],
  read: readonly string[] = folders,
): PolicyStatement[] {
  const { encryptionKey } = archive;
  return [
    allow('ReadArchive', ['s3:GetObject'], objectsOf(archive, read)),
    allow('AppendToArchive', ['s3:PutObject'], objectsOf(archive, folders), { Null: { 's3:if-none-match': 'false' } }),
    ...(encryptionKey === undefined
      ? []
      : [useKey('UseArchiveKey', encryptionKey, 's3', ['kms:Decrypt', 'kms:GenerateDataKey'])]),
  ];
}

/** The findings about a policy that names folders of the archive. */
export function acknowledgeArchive(policy: ManagedPolicy, archive: TrailArchive, folders: readonly string[]): void {
  acknowledgeWildcards(
    policy,
    objectsOf(archive, folders),
    'Objects are named by entry, hash or day, which nobody knows beforehand, so the policy ends in a wildcard below one folder of one bucket; the actions add objects and read them, and neither delete nor lift a lock.',
  );
}

/** What a role needs to see which objects a folder of the archive has. */
export function listArchive({ bucket }: TrailArchive, folder: string): PolicyStatement {
  return allow('ListArchive', ['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': `${folder}*` } });
}

const objectsOf = ({ bucket }: TrailArchive, folders: readonly string[]) =>
  folders.map((folder) => bucket.arnForObjects(`${folder}*`));

/** A key, only through one service. */
function useKey(sid: string, key: IKey, service: string, actions: string[]): PolicyStatement {
  const via = `${service}.${Stack.of(key).region}.amazonaws.com`;
  return allow(sid, actions, [key.keyArn], { StringEquals: { 'kms:ViaService': via } });
}
