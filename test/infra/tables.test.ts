import { describe, expect, it } from 'vitest';
import { ACCESSES, CONNECTIONS, SNAPSHOTS, type TableDefinition } from '../../lambda/dynamodb/tables.ts';
import { environmentOf, KEY_ARN, plain, propertiesOf, type Resource, resourcesOf, TABLE_NAMES } from './synthesized.ts';

const TABLE = 'AWS::DynamoDB::Table';
const tables = (config = {}) => propertiesOf(TABLE, config);

function definitionOf(properties: Resource['Properties']): TableDefinition {
  const { partitionKey = '', ...sortKey } = keysOf(properties.KeySchema);
  const indexes = properties.GlobalSecondaryIndexes ?? [];
  return {
    partitionKey,
    ...sortKey,
    timeToLive: properties.TimeToLiveSpecification.AttributeName,
    indexes: indexes.map((index: Record<string, never>) => ({
      name: index.IndexName,
      ...keysOf(index.KeySchema ?? []),
    })),
  };
}

const NAMES = { HASH: 'partitionKey', RANGE: 'sortKey' };
const keysOf = (schema: readonly { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[]): Record<string, string> =>
  Object.fromEntries(schema.map(({ AttributeName, KeyType }) => [NAMES[KeyType], AttributeName]));

describe('the tables', () => {
  it('have the keys, the indexes and the expiry of their definitions', () => {
    expect(tables().map(definitionOf)).toEqual([SNAPSHOTS, CONNECTIONS, ACCESSES]);
  });

  it('have texts for keys, and copy whole items into every index', () => {
    const types = tables().flatMap(({ AttributeDefinitions }) => AttributeDefinitions as { AttributeType: string }[]);
    expect(new Set(types.map(({ AttributeType }) => AttributeType))).toEqual(new Set(['S']));
    const indexes = tables().flatMap(({ GlobalSecondaryIndexes }) => GlobalSecondaryIndexes ?? []);
    expect(indexes.map(({ Projection }) => Projection)).toEqual(
      CONNECTIONS.indexes.map(() => ({ ProjectionType: 'ALL' })),
    );
  });

  it('are on demand, restorable to any second, protected from deletion, and expire what is marked', () => {
    for (const properties of tables()) {
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        TimeToLiveSpecification: { Enabled: true },
      });
      // Generated names: a stack can be deployed again beside the tables that one before it left.
      expect(properties).not.toHaveProperty('TableName');
    }
  });

  it('go with the stack, unprotected, only where the removal policy is "destroy"', () => {
    const policies = tables({ removalPolicy: 'destroy' }).map(
      ({ DeletionProtectionEnabled }) => DeletionProtectionEnabled,
    );
    expect(policies).toEqual([false, false, false]);
  });
});

describe('encryption', () => {
  it('is by a key that AWS owns, unless configured', () => {
    for (const { SSESpecification } of tables()) expect(SSESpecification).toEqual({ SSEEnabled: false });
  });

  it.each([
    ['of the stack that rotates', 'customer-managed', '{TablesEncryptionKey.Arn}', true],
    ['that exists, and then makes none for the tables', KEY_ARN, KEY_ARN, false],
  ])('can be by a key %s', (_, encryption, key, isMade) => {
    for (const { SSESpecification } of tables({ encryption })) {
      expect(SSESpecification).toMatchObject({ SSEEnabled: true, SSEType: 'KMS' });
      expect(plain(SSESpecification.KMSMasterKeyId)).toBe(key);
    }
    const made = Object.entries(resourcesOf('AWS::KMS::Key', { encryption })).filter(([id]) => /Tables/.test(id));
    expect(made.map(([, { Properties }]) => Properties.EnableKeyRotation)).toEqual(isMade ? [true] : []);
  });
});

describe('existing tables', () => {
  it('are used by name and not made, and leave the other tables as they are', () => {
    expect(tables(TABLE_NAMES)).toEqual([]);
    const config = { connectionsTableName: 'Rebuilt' };
    const ids = Object.keys(resourcesOf(TABLE, config)).map((id) => plain({ Ref: id }));
    expect(ids).toEqual(['{TablesSnapshots}', '{TablesAccesses}']);
    const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE } = environmentOf('Recorder', config);
    expect([SNAPSHOTS_TABLE, CONNECTIONS_TABLE].map(plain)).toEqual(['{TablesSnapshots}', 'Rebuilt']);
  });
});
