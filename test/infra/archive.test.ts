import { describe, expect, it } from 'vitest';
import { type Resource, readable, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const BUCKET = 'AWS::S3::Bucket';
const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

function bucketOf(config = {}): Resource {
  return resourceOf(templateOf(config), BUCKET, 'AuditTrailArchiveBucket');
}

const rulesOf = (config = {}) =>
  bucketOf(config).Properties.LifecycleConfiguration.Rules as readonly Record<string, unknown>[];

const environmentOf = (name: string, config: Record<string, unknown>) =>
  resourceOf(templateOf(config), 'AWS::Lambda::Function', `AuditTrail${name}`).Properties.Environment.Variables;

describe('the archive', () => {
  it('keeps its logical id: a new id would be a new, empty bucket', () => {
    expect(Object.keys(resourcesOf(templateOf(), BUCKET))).toEqual(['AuditTrailArchiveBucketE8FA0E64']);
  });

  it('keeps every version, is closed to the public, and belongs with all its objects to this account', () => {
    expect(bucketOf().Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  it('has a generated name and outlives the stack, unless configured', () => {
    expect(bucketOf().Properties).not.toHaveProperty('BucketName');
    expect(bucketOf()).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(bucketOf({ removalPolicy: 'destroy' })).toMatchObject({ DeletionPolicy: 'Delete' });
  });

  it('is never emptied by the stack: what is in it keeps it from being deleted', () => {
    const { Resources } = templateOf({ removalPolicy: 'destroy' }).toJSON();
    const types = Object.values(Resources as Record<string, Resource>).map(({ Type }) => Type);
    expect(types.filter((type) => /AutoDelete/.test(type))).toEqual([]);
  });

  it('answers over TLS only', () => {
    const { Statement } = resourceOf(templateOf(), 'AWS::S3::BucketPolicy', 'AuditTrailArchive').Properties
      .PolicyDocument;
    expect(Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:*',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
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
    expect(bucketOf().Properties).toMatchObject({ ObjectLockEnabled: true });
    expect(bucketOf().Properties).not.toHaveProperty('ObjectLockConfiguration');
  });

  it.each([
    ['GOVERNANCE', { archiveLockDays: 365 }],
    ['GOVERNANCE', { archiveLockDays: 365, archiveLockMode: 'governance' }],
    ['COMPLIANCE', { archiveLockDays: 365, archiveLockMode: 'compliance' }],
  ])('is %s for %j', (Mode, config) => {
    expect(bucketOf(config).Properties.ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Days: 365, Mode } },
    });
  });
});

describe('the encryption of the archive', () => {
  const encryptionOf = (config = {}) =>
    bucketOf(config).Properties.BucketEncryption.ServerSideEncryptionConfiguration as unknown;

  it("is by S3's own keys, unless configured", () => {
    expect(encryptionOf()).toEqual([{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }]);
  });

  it.each([
    ['made by the stack', 'customer-managed', /^\{AuditTrailTablesEncryptionKey\w{8}\.Arn\}$/],
    ['that exists', KEY_ARN, new RegExp(KEY_ARN)],
  ])("is by the tables' key %s, asked once for many objects", (_, encryption, key) => {
    const [rule] = encryptionOf({ encryption }) as Record<string, Record<string, unknown>>[];
    expect(rule).toMatchObject({ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } });
    expect(readable(rule?.ServerSideEncryptionByDefault?.KMSMasterKeyID)).toMatch(key);
  });
});

describe('an existing archive, maybe of another account', () => {
  const config = { archiveBucketName: 'trail-archive', retention: 400 };

  it('is used by name and not made, and no policy is put on it', () => {
    expect(resourcesOf(templateOf(config), BUCKET)).toEqual({});
    expect(resourcesOf(templateOf(config), 'AWS::S3::BucketPolicy')).toEqual({});
    for (const name of ['Recorder', 'Export']) {
      expect(readable(environmentOf(name, config).ARCHIVE_BUCKET)).toBe('trail-archive');
    }
  });

  it('is named by the output too', () => {
    expect(readable(templateOf(config).findOutputs('ArchiveBucketName').ArchiveBucketName?.Value)).toBe(
      'trail-archive',
    );
  });
});
