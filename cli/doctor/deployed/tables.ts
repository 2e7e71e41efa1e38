import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ACCESSES, CONNECTIONS, SNAPSHOTS } from '../../../lambda/dynamodb/tables.ts';
import { FOREVER } from '../../../lambda/settings.ts';
import { awsOptions } from '../../../local/network/aws-options.ts';
import type { Check, CheckName, Notes } from '../finding.ts';
import type { DeployedStack, DescribedFunction } from './stack.ts';

const TABLES = [
  { output: 'SnapshotsTableName', definition: SNAPSHOTS },
  { output: 'ConnectionsTableName', definition: CONNECTIONS },
  { output: 'AccessesTableName', definition: ACCESSES },
];

type Look = (
  client: DynamoDBClient,
  table: (typeof TABLES)[number] & { readonly name: string },
  notes: Notes,
) => Promise<void>;

function ofEachTable({ reach, output }: DeployedStack, name: CheckName, needs: string, look: Look): Check {
  return {
    name,
    needs,
    look: async (notes) => {
      const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
      const client = new DynamoDBClient(awsOptions(reach));
      try {
        for (const table of TABLES) await look(client, { ...table, name: output(table.output) }, notes);
      } finally {
        client.destroy();
      }
    },
  };
}

/** Whether each table can be put back to any second of the last 35 days. */
export const pointInTimeRecovery = (stack: DeployedStack): Check =>
  ofEachTable(
    stack,
    'point-in-time-recovery',
    'dynamodb:DescribeContinuousBackups',
    async (client, { name: TableName }, notes) => {
      const { DescribeContinuousBackupsCommand } = await import('@aws-sdk/client-dynamodb');
      const { ContinuousBackupsDescription: described } = await client.send(
        new DescribeContinuousBackupsCommand({ TableName }),
      );
      if (described?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED') return;
      notes.found({
        severity: 'advice',
        subject: TableName,
        what: 'point-in-time recovery is off.',
        means:
          'What is deleted or overwritten in it can come back from the archive alone, and who asked what, not at all.',
        todo: `Turn it on: aws dynamodb update-continuous-backups --table-name ${TableName} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
      });
    },
  );

/** Whether each table refuses to be deleted. */
export const deletionProtection = (stack: DeployedStack): Check =>
  ofEachTable(stack, 'deletion-protection', 'dynamodb:DescribeTable', async (client, { name: TableName }, notes) => {
    const { DescribeTableCommand } = await import('@aws-sdk/client-dynamodb');
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.DeletionProtectionEnabled) return;
    notes.found({
      severity: 'advice',
      subject: TableName,
      what: 'deletion protection is off.',
      means:
        'One call deletes the table. The configuration "removalPolicy": "destroy" means that; else somebody turned it off.',
      todo: `Turn it on: aws dynamodb update-table --table-name ${TableName} --deletion-protection-enabled`,
    });
  });

/** Whether each table deletes what has expired, where a retention is configured. */
export const timeToLive = (stack: DeployedStack): Check =>
  ofEachTable(
    stack,
    'time-to-live',
    'dynamodb:DescribeTimeToLive, lambda:GetFunctionConfiguration',
    async (client, { name: TableName, definition }, notes) => {
      const { RETENTION = FOREVER } = (await recorderOf(stack)).environment;
      const { DescribeTimeToLiveCommand } = await import('@aws-sdk/client-dynamodb');
      const { TimeToLiveDescription: ttl } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
      const isOn = ttl?.TimeToLiveStatus === 'ENABLED' || ttl?.TimeToLiveStatus === 'ENABLING';
      if (isOn && ttl.AttributeName !== definition.timeToLive) {
        notes.found({
          severity: 'urgent',
          subject: TableName,
          what: `it deletes by the attribute "${ttl.AttributeName}"; expected "${definition.timeToLive}".`,
          means: 'Items may go that should stay, and those that should go stay.',
          todo: `Turn it off, and on for "${definition.timeToLive}" (aws dynamodb update-time-to-live); then deploy again.`,
        });
      }
      if (isOn || RETENTION === FOREVER) return;
      notes.found({
        severity: 'advice',
        subject: TableName,
        what: `time to live is off, and the configured retention is ${RETENTION} days.`,
        means: 'Personal data stays longer than you have said.',
        todo: `Turn it on: aws dynamodb update-time-to-live --table-name ${TableName} --time-to-live-specification Enabled=true,AttributeName=${definition.timeToLive}`,
      });
    },
  );

/** The recorder, whose environment has the configuration. */
export const recorderOf = (stack: DeployedStack): Promise<DescribedFunction> =>
  stack.describeFunction(stack.output('RecorderFunctionName'));
