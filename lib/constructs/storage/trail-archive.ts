import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
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
import { acknowledgeBucket } from './evidence-acknowledgements.ts';

/** What {@link TrailArchive} is made of. */
export interface TrailArchiveProps {
  /**
   * Name of an existing bucket, maybe of another account.
   *
   * @default - a bucket is made
   */
  readonly archiveBucketName?: string | undefined;
  /**
   * How long no version of an object can be deleted (S3 Object Lock), in whole days.
   *
   * @default - no lock
   */
  readonly archiveLock?: Duration | undefined;
  /** @default 'governance' */
  readonly archiveLockMode?: 'governance' | 'compliance' | undefined;
  /**
   * How long the rows of connections are kept.
   *
   * @default - for ever
   */
  readonly retention?: Duration | undefined;
  /** The tables' own key, where there is one; it encrypts the bucket too. */
  readonly encryptionKey: IKey | undefined;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** Chunks lie under the day of their slot, so a day more than the retention is never a day too few. */
const SPARE_DAYS = 1;

/** The bucket that holds the evidence once more, outside the reach of whoever administers the tables. */
export class TrailArchive extends Construct {
  readonly bucket: Pick<IBucket, 'arnForObjects' | 'bucketArn' | 'bucketName'>;
  /** The key that encrypts it, where it is one of ours. */
  readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: TrailArchiveProps) {
    super(scope, id);
    const isOwn = props.archiveBucketName === undefined;
    this.encryptionKey = isOwn ? props.encryptionKey : undefined;
    this.bucket = isOwn
      ? this.#newBucket(props)
      : Bucket.fromBucketArn(
          this,
          'Bucket',
          Stack.of(this).formatArn({ service: 's3', region: '', account: '', resource: props.archiveBucketName ?? '' }),
        );
  }

  #newBucket(props: TrailArchiveProps): Bucket {
    const { archiveLock, encryptionKey, retention } = props;
    const bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      // Locks nothing by itself, and cannot be had later without a bucket of its own.
      objectLockEnabled: true,
      ...(archiveLock === undefined ? {} : { objectLockDefaultRetention: lockOf(archiveLock, props.archiveLockMode) }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      ...(encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }, ...expiryOf(retention)],
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    acknowledgeBucket(bucket);
    return bucket;
  }
}

function lockOf(days: Duration, mode: TrailArchiveProps['archiveLockMode']): ObjectLockRetention {
  return mode === 'compliance' ? ObjectLockRetention.compliance(days) : ObjectLockRetention.governance(days);
}

/** Chunks hold who was connected; manifests and checkpoints hold nothing personal and stay. Exports hold connections too. */
function expiryOf(retention: Duration | undefined): LifecycleRule[] {
  if (retention === undefined) return [];
  const days = Duration.days(retention.toDays() + SPARE_DAYS);
  return ['chunks/', 'exports/'].map((prefix) => ({
    prefix,
    expiration: days,
    noncurrentVersionExpiration: Duration.days(1),
  }));
}
