import { describe, expect, it } from 'vitest';
import { ACCESSES, CONNECTIONS, SNAPSHOTS, type TableDefinition } from '../../lambda/dynamodb/tables.ts';
import { type Resource, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const TABLE = 'AWS::DynamoDB::Table';
const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

const tables = (config = {}) => Object.values(resourcesOf(templateOf(config), TABLE));

function definitionOf({ Properties }: Resource): TableDefinition {
  const [partitionKey, sortKey] = keysOf(Properties.KeySchema);
  return {
    partitionKey: partitionKey ?? '',
    ...(sortKey === undefined ? {} : { sortKey }),
    timeToLive: Properties.TimeToLiveSpecification.AttributeName,
    indexes: (Properties.GlobalSecondaryIndexes ?? []).map((index: Record<string, never>) => {
      const [partition, sort] = keysOf(index.KeySchema ?? []);
      return { name: index.IndexName, partitionKey: partition, sortKey: sort };
    }),
  };
}

const keysOf = (schema: readonly { AttributeName: string }[]) => schema.map(({ AttributeName }) => AttributeName);

const environmentOf = (name: string, config: Record<string, unknown>) =>
  resourceOf(templateOf(config), 'AWS::Lambda::Function', `AuditTrail${name}`).Properties.Environment.Variables;

describe('the tables', () => {
  it('keep their logical ids: a new id would be a new, empty table', () => {
    expect(Object.keys(resourcesOf(templateOf(), TABLE))).toEqual([
      'AuditTrailTablesSnapshotsEF4E68EE',
      'AuditTrailTablesConnectionsD032F570',
      'AuditTrailTablesAccessesEEECE946',
    ]);
  });

  it('have the keys, the indexes and the expiry of their definitions', () => {
    expect(tables().map(definitionOf)).toEqual([SNAPSHOTS, CONNECTIONS, ACCESSES]);
  });

  it('copy whole items into every index', () => {
    const indexes = tables().flatMap(({ Properties }) => Properties.GlobalSecondaryIndexes ?? []);
    expect(indexes.map(({ Projection }) => Projection)).toEqual(
      CONNECTIONS.indexes.map(() => ({ ProjectionType: 'ALL' })),
    );
  });

  it('are on demand, restorable to any second, protected from deletion, and expire what is marked', () => {
    for (const { Properties } of tables()) {
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        TimeToLiveSpecification: { Enabled: true },
      });
    }
  });

  it('have generated names, so that a stack can be deployed again beside the tables that one before it left', () => {
    expect(tables().map(({ Properties }) => Properties.TableName)).toEqual([undefined, undefined, undefined]);
  });

  it('outlive the stack', () => {
    const retained = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
    expect(tables()).toMatchObject([retained, retained, retained]);
  });

  it('go with the stack, unprotected, only where the removal policy is "destroy"', () => {
    for (const table of tables({ removalPolicy: 'destroy' })) {
      expect(table).toMatchObject({ DeletionPolicy: 'Delete', Properties: { DeletionProtectionEnabled: false } });
    }
  });
});

describe('encryption', () => {
  it('is by a key that AWS owns, unless configured', () => {
    const byAws = { SSEEnabled: false };
    expect(tables().map(({ Properties }) => Properties.SSESpecification)).toEqual([byAws, byAws, byAws]);
  });

  it('can be by a key of the stack that rotates and outlives it', () => {
    const template = templateOf({ encryption: 'customer-managed' });
    const key = resourceOf(template, 'AWS::KMS::Key', 'AuditTrailTablesEncryptionKey');
    expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { EnableKeyRotation: true } });
    for (const { Properties } of Object.values(resourcesOf(template, TABLE))) {
      expect(Properties.SSESpecification).toEqual({
        SSEEnabled: true,
        SSEType: 'KMS',
        KMSMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^AuditTrailTablesEncryptionKey/), 'Arn'] },
      });
    }
  });

  it('can be by an existing key, and then makes none for the tables', () => {
    const template = templateOf({ encryption: KEY_ARN });
    expect(Object.keys(resourcesOf(template, 'AWS::KMS::Key'))).toEqual([
      'AuditTrailSigningKeyE0D361F6',
      expect.stringMatching(/^AuditTrailAlarms/),
    ]);
    for (const { Properties } of Object.values(resourcesOf(template, TABLE))) {
      expect(Properties.SSESpecification).toMatchObject({ SSEType: 'KMS', KMSMasterKeyId: KEY_ARN });
    }
  });
});

describe('existing tables', () => {
  it('are used by name and not made', () => {
    const all = {
      snapshotsTableName: 'RestoredSnapshots',
      connectionsTableName: 'RestoredConnections',
      accessesTableName: 'RestoredAccesses',
    };
    const trail = { SNAPSHOTS_TABLE: 'RestoredSnapshots', CONNECTIONS_TABLE: 'RestoredConnections' };
    expect(tables(all)).toEqual([]);
    expect(environmentOf('Recorder', all)).toMatchObject(trail);
    expect(environmentOf('Query', all)).toMatchObject({ ...trail, ACCESSES_TABLE: 'RestoredAccesses' });
  });

  it('leave the other tables as they are', () => {
    const rebuilt = { connectionsTableName: 'Rebuilt' };
    expect(Object.keys(resourcesOf(templateOf(rebuilt), TABLE))).toEqual([
      'AuditTrailTablesSnapshotsEF4E68EE',
      'AuditTrailTablesAccessesEEECE946',
    ]);
    expect(environmentOf('Recorder', rebuilt)).toMatchObject({
      SNAPSHOTS_TABLE: { Ref: 'AuditTrailTablesSnapshotsEF4E68EE' },
      CONNECTIONS_TABLE: 'Rebuilt',
    });
  });
});
