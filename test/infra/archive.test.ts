import { describe, expect, it } from 'vitest';
import {
  allowances,
  environmentOf,
  KEY_ARN,
  plain,
  propertiesOf,
  readable,
  resourcesOf,
  templateOf,
} from './synthesized.ts';

const BUCKET = 'AWS::S3::Bucket';
const bucketOf = (config = {}) => propertiesOf(BUCKET, config)[0] ?? {};

const rulesOf = (config = {}) => bucketOf(config).LifecycleConfiguration.Rules as readonly Record<string, unknown>[];

describe('the archive', () => {
  it('keeps every version, is closed to the public, belongs with all its objects to this account, and has a generated name', () => {
    expect(bucketOf()).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(bucketOf()).not.toHaveProperty('BucketName');
  });

  it('answers over TLS only', () => {
    const [policy] = propertiesOf('AWS::S3::BucketPolicy');
    expect(policy?.PolicyDocument.Statement).toMatchObject([{ Principal: { AWS: '*' } }]);
    expect(allowances(policy?.PolicyDocument).map(plain)).toEqual(
      ['', '/*'].map((what) => `Deny s3:* on {ArchiveBucket.Arn}${what} if aws:SecureTransport Bool false`),
    );
  });

  it('forgets uploads that were begun and never ended', () => {
    expect(rulesOf()).toEqual([{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }]);
  });

  it('forgets who was connected a day after the retention, in every version, and nothing else', () => {
    const expiring = rulesOf({ retention: 400 }).filter((rule) => 'ExpirationInDays' in rule);
    expect(expiring).toEqual(
      ['chunks/', 'exports/'].map((Prefix) => ({
        Prefix,
        Status: 'Enabled',
        ExpirationInDays: 401,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      })),
    );
  });
});

describe('the lock of the archive', () => {
  it('can be set at any time, and is not set unless configured', () => {
    expect(bucketOf()).toMatchObject({ ObjectLockEnabled: true });
    expect(bucketOf()).not.toHaveProperty('ObjectLockConfiguration');
  });

  it.each([
    ['GOVERNANCE', {}],
    ['GOVERNANCE', { archiveLockMode: 'governance' }],
    ['COMPLIANCE', { archiveLockMode: 'compliance' }],
  ])('is %s for %j', (Mode, config) => {
    expect(bucketOf({ archiveLockDays: 365, ...config }).ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Days: 365, Mode } },
    });
  });
});

describe('the encryption of the archive', () => {
  const encryptionOf = (config = {}) => bucketOf(config).BucketEncryption.ServerSideEncryptionConfiguration;

  it("is by S3's own keys, unless configured", () => {
    expect(encryptionOf()).toEqual([{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }]);
  });

  it.each([
    ['made by the stack', 'customer-managed', '{TablesEncryptionKey.Arn}'],
    ['that exists', KEY_ARN, KEY_ARN],
  ])("is by the tables' key %s, asked once for many objects", (_, encryption, key) => {
    const [rule] = encryptionOf({ encryption });
    expect(rule).toMatchObject({ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } });
    expect(plain(rule?.ServerSideEncryptionByDefault?.KMSMasterKeyID)).toBe(key);
  });
});

it('an existing archive, maybe of another account, is used by name and not made, and no policy is put on it', () => {
  const config = { archiveBucketName: 'trail-archive', encryption: KEY_ARN };
  expect([BUCKET, 'AWS::S3::BucketPolicy'].map((type) => resourcesOf(type, config))).toEqual([{}, {}]);
  const named = ['Recorder', 'Export'].map((name) => environmentOf(name, config).ARCHIVE_BUCKET);
  const output = templateOf(config).findOutputs('ArchiveBucketName').ArchiveBucketName?.Value;
  expect([...named, output].map(readable)).toEqual(Array(3).fill('trail-archive'));
});
