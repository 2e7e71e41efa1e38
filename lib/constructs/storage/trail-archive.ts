import { Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  type LifecycleRule,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { FOREVER } from '../../../lambda/settings.ts';
import { EXPIRING } from '../../../lambda/trail/archive.ts';
import type { TrailSettings } from '../../settings.ts';

/** What {@link TrailArchive} is made of. */
export interface TrailArchiveProps
  extends Pick<TrailSettings, 'archiveBucketName' | 'archiveLockDays' | 'archiveLockMode' | 'retention'> {
  /** The tables' own key, if there is one; it encrypts the bucket too. */
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

const LOGGING_REASON =
  'Every object is written once under a name that its content or its place in the log gives, and what was changed or removed is found by verifying signatures, not by reading access logs. Who reads it is a matter of CloudTrail data events, which the account owner decides on.';

/** The findings of cdk-nag about the bucket that are answered rather than obeyed. */
const ACKNOWLEDGED = [
  { id: 'AwsSolutions-S1', reason: LOGGING_REASON },
  { id: 'NIST.800.53.R5-S3BucketLoggingEnabled', reason: LOGGING_REASON },
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
];

/** Chunks are stored under the day of their slot, so one more day than the retention is enough. */
const SPARE_DAYS = 1;

/** The bucket with the second copy of the evidence, out of reach of the tables' administrators. */
export class TrailArchive extends Construct {
  readonly bucket: Pick<IBucket, 'arnForObjects' | 'bucketArn' | 'bucketName'>;
  /** The key that encrypts it, where it is one of ours. */
  readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: TrailArchiveProps) {
    super(scope, id);
    const { archiveBucketName: resource } = props;
    this.encryptionKey = resource === undefined ? props.encryptionKey : undefined;
    this.bucket =
      resource === undefined
        ? this.#newBucket(props)
        : Bucket.fromBucketArn(
            this,
            'Bucket',
            Stack.of(this).formatArn({ service: 's3', region: '', account: '', resource }),
          );
  }

  #newBucket(props: TrailArchiveProps): Bucket {
    const { archiveLockDays, archiveLockMode, encryptionKey } = props;
    const bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      // Locks nothing by itself. Enabled from the start, because enabling it later would need a new bucket.
      objectLockEnabled: true,
      ...(archiveLockDays === undefined
        ? {}
        : { objectLockDefaultRetention: ObjectLockRetention[archiveLockMode](Duration.days(archiveLockDays)) }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      ...(encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }, ...expiryOf(props)],
      removalPolicy: props.removalPolicy,
    });
    Validations.of(bucket).acknowledge(...ACKNOWLEDGED);
    return bucket;
  }
}

function expiryOf({ retention }: TrailArchiveProps): LifecycleRule[] {
  if (retention === FOREVER) return [];
  return EXPIRING.map((prefix) => ({
    prefix,
    expiration: Duration.days(retention + SPARE_DAYS),
    noncurrentVersionExpiration: Duration.days(1),
  }));
}
