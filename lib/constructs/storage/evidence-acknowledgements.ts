import { Stack, Validations } from 'aws-cdk-lib';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { TrailArchive } from './trail-archive.ts';

/** The findings of cdk-nag about the archive that are answered rather than obeyed. */
export function acknowledgeBucket(bucket: Bucket): void {
  Validations.of(bucket).acknowledge(
    {
      id: 'AwsSolutions-S1',
      reason:
        'Every object is written once under a name that its content or its place in the log gives, and what was changed or removed is found by verifying signatures, not by reading access logs. Who reads it is a matter of CloudTrail data events, which the account owner decides on.',
    },
    {
      id: 'NIST.800.53.R5-S3BucketLoggingEnabled',
      reason:
        'Every object is written once under a name that its content or its place in the log gives, and what was changed or removed is found by verifying signatures, not by reading access logs. Who reads it is a matter of CloudTrail data events, which the account owner decides on.',
    },
    {
      id: 'NIST.800.53.R5-S3BucketReplicationEnabled',
      reason:
        'The archive is itself the second copy of the evidence. Replication to another Region or account is a matter of the account owner; for the latter, the archive can lie in the other account in the first place (configuration key "archiveBucketName").',
    },
    {
      id: 'NIST.800.53.R5-S3DefaultEncryptionKMS',
      reason:
        'S3 encrypts every object at rest with its own keys. With the configuration key "encryption" the bucket is encrypted by the same customer-managed key as the tables.',
    },
  );
}

/** The findings about a policy that names folders of the archive. */
export function acknowledgeArchivePrefixes(
  policy: ManagedPolicy,
  { bucket }: TrailArchive,
  folders: readonly string[],
): void {
  const bucketArn = Stack.of(policy).resolve(bucket.bucketArn) as unknown;
  for (const folder of folders) {
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nameOf(bucketArn)}/${folder}/*]`,
      reason:
        'Objects are named by entry, hash or day, which nobody knows beforehand, so the policy ends in a wildcard below one folder of one bucket; the actions add objects and read them, and neither delete nor lift a lock.',
    });
  }
}

/** An ARN as cdk-nag writes it: what is known at deployment only is named in angle brackets. */
function nameOf(arn: unknown): string {
  if (typeof arn === 'string') return arn;
  const [kind, argument] = Object.entries(arn as Record<string, unknown>)[0] ?? [];
  if (kind === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  if (kind === 'Fn::Join') return (argument as [string, unknown[]])[1].map(nameOf).join('');
  return `<${String(argument)}>`;
}
