import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type ITable,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ACCESSES, CONNECTIONS, SNAPSHOTS, type TableDefinition } from '../../../lambda/dynamodb/tables.ts';
import type { TrailSettings } from '../../settings.ts';

/** A table of the trail for the other constructs, whether new or existing. */
export type TrailTable = Pick<ITable, 'tableArn' | 'tableName'>;

/** What {@link TrailTables} is made of. */
export interface TrailTablesProps
  extends Pick<TrailSettings, 'encryption' | 'snapshotsTableName' | 'connectionsTableName' | 'accessesTableName'> {
  readonly removalPolicy: RemovalPolicy;
}

const BACKUP_REASON =
  'Point-in-time recovery restores any second of the last 35 days. Which backup plan, vault and retention serve on top of that is the account owner\'s policy; the table can be added to a plan by a tag (configuration key "tags").';

const string = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * The three tables of the trail, from the same definitions as on one machine. `Table` rather than `TableV2`, because
 * cdk-nag's rules about DynamoDB check that resource.
 */
export class TrailTables extends Construct {
  readonly snapshots: TrailTable;
  readonly connections: TrailTable;
  readonly accesses: TrailTable;
  /** The customer-managed key of the tables, where there is one. */
  readonly encryptionKey: IKey | undefined;
  readonly #removalPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, props: TrailTablesProps) {
    super(scope, id);
    this.#removalPolicy = props.removalPolicy;
    this.encryptionKey = this.#key(props.encryption);
    this.snapshots = this.#table('Snapshots', SNAPSHOTS, props.snapshotsTableName);
    this.connections = this.#table('Connections', CONNECTIONS, props.connectionsTableName);
    this.accesses = this.#table('Accesses', ACCESSES, props.accessesTableName);
  }

  #key(encryption: string): IKey | undefined {
    if (encryption === 'aws-owned') {
      return undefined;
    }
    if (encryption !== 'customer-managed') {
      return Key.fromKeyArn(this, 'EncryptionKey', encryption);
    }
    return new Key(this, 'EncryptionKey', {
      description: 'Encrypts the tables of the Client VPN audit trail',
      enableKeyRotation: true,
      // A table whose key is gone is unreadable for ever, so the key stays as long as the tables do.
      removalPolicy: this.#removalPolicy,
    });
  }

  #table(id: string, definition: TableDefinition, existing: string | undefined): TrailTable {
    return existing === undefined ? this.#newTable(id, definition) : this.#existingTable(id, existing);
  }

  #existingTable(id: string, resourceName: string): TrailTable {
    // The whole ARN, so that the role's policy names this table in this account and Region and nothing else.
    const arn = Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    return Table.fromTableArn(this, id, arn);
  }

  #newTable(id: string, definition: TableDefinition): TrailTable {
    const table = new Table(this, id, {
      partitionKey: string(definition.partitionKey),
      ...(definition.sortKey === undefined ? {} : { sortKey: string(definition.sortKey) }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: definition.timeToLive,
      removalPolicy: this.#removalPolicy,
      deletionProtection: this.#removalPolicy !== RemovalPolicy.DESTROY,
      ...(this.encryptionKey === undefined
        ? { encryption: TableEncryption.DEFAULT }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: this.encryptionKey }),
    });
    for (const { name, partitionKey, sortKey } of definition.indexes) {
      table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: string(partitionKey),
        sortKey: string(sortKey),
        projectionType: ProjectionType.ALL,
      });
    }
    Validations.of(table).acknowledge({ id: 'NIST.800.53.R5-DynamoDBInBackupPlan', reason: BACKUP_REASON });
    return table;
  }
}
