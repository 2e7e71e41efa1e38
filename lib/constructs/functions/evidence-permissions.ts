import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { SigningKey } from '../storage/signing-key.ts';
import type { TrailArchive } from '../storage/trail-archive.ts';

/** What a role needs to sign as the trail: Ed25519 over the message itself, and in no other way. */
export function signing({ key }: SigningKey): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'Sign',
      actions: ['kms:Sign'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' } },
    }),
    new PolicyStatement({ sid: 'ReadPublicKey', actions: ['kms:GetPublicKey'], resources: [key.keyArn] }),
  ];
}

/**
 * What a role needs to add objects to folders of the archive, and to read what is there already: no deletion, no lock, and no
 * second version of an object, since every write must say that it is the first (S3 User Guide, "Enforce conditional writes on
 * Amazon S3 buckets").
 */
export function appendToArchive(archive: TrailArchive, folders: readonly string[]): PolicyStatement[] {
  const { bucket, encryptionKey } = archive;
  const resources = folders.map((folder) => bucket.arnForObjects(`${folder}/*`));
  return [
    new PolicyStatement({ sid: 'ReadArchive', actions: ['s3:GetObject'], resources }),
    new PolicyStatement({
      sid: 'AppendToArchive',
      actions: ['s3:PutObject'],
      resources,
      conditions: { Null: { 's3:if-none-match': 'false' } },
    }),
    ...(encryptionKey === undefined
      ? []
      : [
          new PolicyStatement({
            sid: 'UseArchiveKey',
            actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
            resources: [encryptionKey.keyArn],
            conditions: { StringEquals: { 'kms:ViaService': `s3.${Stack.of(archive).region}.amazonaws.com` } },
          }),
        ]),
  ];
}

/** What a role needs to see which objects a folder of the archive has. */
export function listArchive({ bucket }: TrailArchive, folder: string): PolicyStatement {
  return new PolicyStatement({
    sid: 'ListArchive',
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': `${folder}/*` } },
  });
}
