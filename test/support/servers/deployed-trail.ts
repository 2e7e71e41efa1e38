import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import manifest from '../../../package.json' with { type: 'json' };
import type { RecordedTrail } from '../recording/recorded-trail.ts';
import { type AwsServices, type ServiceAnswer, startAwsServices } from './aws-services.ts';

const ACCOUNT = '123456789012';
const ARN = `arn:aws:sns:eu-central-1:${ACCOUNT}:Alarms`;

/** What AWS says of a deployed trail that nothing is wrong with; a test changes it. */
export interface DeploymentState {
  schedules: readonly { Name: string; State: string }[];
  /** The event of each of them. */
  event: object;
  messages: number;
  alarm: Readonly<Record<string, unknown>>;
  /** ARNs of subscriptions, or what stands in their place. */
  subscriptions: readonly string[];
  recovery: string;
  protection: boolean;
  timeToLive: { TimeToLiveStatus: string; AttributeName?: string };
  /** XML of the default retention; absent for none. */
  lock: string;
  environment: Readonly<Record<string, string>>;
  /** Figures of ActiveConnectionsCount by their time; those of any other are absent. */
  figures: ReadonlyMap<string, number>;
}

/** The state of a healthy deployment. */
export function healthyDeployment(): DeploymentState {
  return {
    schedules: [
      { Name: 'record', State: 'ENABLED' },
      { Name: 'export', State: 'ENABLED' },
    ],
    event: { slot: '<aws.scheduler.scheduled-time>' },
    messages: 0,
    alarm: { AlarmName: 'NotInvoked', StateValue: 'OK', ActionsEnabled: true },
    subscriptions: [`${ARN}:1a2b3c4d`],
    recovery: 'ENABLED',
    protection: true,
    timeToLive: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
    lock: '<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>30</Days></DefaultRetention></Rule>',
    environment: { INTERVAL_MINUTES: '5', RETENTION: '90', AUDIT_VERSION: manifest.version },
    figures: new Map(),
  };
}

const RESOURCES = [
  ['AWS::Scheduler::ScheduleGroup', 'AuditTrailScheduleGroup', 'group'],
  ['AWS::Scheduler::Schedule', 'AuditTrailSchedule', 'record'],
  ['AWS::Scheduler::Schedule', 'AuditTrailDailyExportSchedule', 'export'],
  // The SDK sends to the queue's own address.
  ['AWS::SQS::Queue', 'AuditTrailUndelivered', `QUEUES/${ACCOUNT}/Undelivered`],
  ['AWS::CloudWatch::Alarm', 'AuditTrailNotInvoked', 'NotInvoked'],
  ['AWS::Lambda::Function', 'AuditTrailRecorderFunction0123ABCD', 'recorder'],
  // Somebody else's, in the same stack.
  ['AWS::SQS::Queue', 'OrdersQueue', 'QUEUES/orders'],
  ['AWS::Scheduler::Schedule', 'OrdersSchedule', 'orders'],
  ['AWS::CloudWatch::Alarm', 'OrdersAlarm', 'orders'],
];

/** AWS with the stack `Trail`, whose tables are those of a recorded trail; `state` is asked for each answer. */
export async function startDeployedTrail(trail: RecordedTrail, state: () => DeploymentState): Promise<AwsServices> {
  const aws = await startAwsServices({ dynamodb: trail.tables.endpoint, ec2: trail.ec2.url });
  const tables = await describeTables(trail);
  const outputs = {
    SnapshotsTableName: trail.options.SNAPSHOTS_TABLE,
    ConnectionsTableName: trail.options.CONNECTIONS_TABLE,
    AccessesTableName: 'Accesses',
    AlarmTopicArn: ARN,
    ArchiveBucketName: 'evidence',
    PublicKey: Buffer.from(await trail.signer.publicKey()).toString('base64'),
    RecorderFunctionName: 'recorder',
    QueryFunctionName: 'query',
    ExportFunctionName: 'export',
  };
  const answers: Record<string, (input: Readonly<Record<string, unknown>>) => ServiceAnswer> = {
    'cloudformation:DescribeStacks': () => ({ xml: stackXml(outputs) }),
    'cloudformation:ListStackResources': () => ({ xml: resourcesXml().replaceAll('QUEUES', aws.url) }),
    'scheduler:ListSchedules': () => ({
      json: { Schedules: state().schedules.map((one) => ({ ...one, GroupName: 'group' })) },
    }),
    'scheduler:GetSchedule': () => ({ json: { Target: { Input: JSON.stringify(state().event) } } }),
    'sqs:GetQueueAttributes': () => ({
      json: { Attributes: { ApproximateNumberOfMessages: String(state().messages) } },
    }),
    'cloudwatch:DescribeAlarms': () => ({ json: { MetricAlarms: [state().alarm], CompositeAlarms: [] } }),
    'cloudwatch:GetMetricData': () => ({ json: { MetricDataResults: [figuresJson(state().figures)], Messages: [] } }),
    'sns:ListSubscriptionsByTopic': () => ({ xml: subscriptionsXml(state().subscriptions) }),
    'lambda:GetFunctionConfiguration': ({ path }) => ({
      json: {
        FunctionArn: `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:${String(path).split('/')[3]}`,
        Environment: { Variables: state().environment },
      },
    }),
    'dynamodb:DescribeContinuousBackups': () => ({
      json: {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: state().recovery },
        },
      },
    }),
    'dynamodb:DescribeTable': ({ TableName }) => ({
      json: { Table: { ...tables.get(String(TableName)), DeletionProtectionEnabled: state().protection } },
    }),
    'dynamodb:DescribeTimeToLive': () => ({ json: { TimeToLiveDescription: state().timeToLive } }),
    's3:GetBucketObjectLockConfiguration': () =>
      state().lock === ''
        ? { error: 'ObjectLockConfigurationNotFoundError' }
        : {
            xml: `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${state().lock}</ObjectLockConfiguration>`,
          },
  };
  for (const [action, answer] of Object.entries(answers)) aws.answers.set(action, answer);
  return aws;
}

/** What the engine says of the tables, which the guard of requests looks at. */
async function describeTables({ tables, options }: RecordedTrail) {
  const names = [options.SNAPSHOTS_TABLE, options.CONNECTIONS_TABLE];
  const described = names.map(async (TableName) => {
    const { Table } = await tables.client.send(new DescribeTableCommand({ TableName }));
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] } = Table ?? {};
    const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema: keys }) => ({ IndexName, KeySchema: keys }));
    return [TableName, { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes: indexes }] as const;
  });
  return new Map(await Promise.all(described));
}

function stackXml(outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<Stacks><member><StackName>Trail</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-01T00:00:00Z</CreationTime><Outputs>${members.join('')}</Outputs></member></Stacks>`;
}

function resourcesXml(): string {
  const members = RESOURCES.map(
    ([type, logical, physical]) =>
      `<member><ResourceType>${type}</ResourceType><LogicalResourceId>${logical}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId><LastUpdatedTimestamp>2026-11-01T00:00:00Z</LastUpdatedTimestamp><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
  );
  return `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>`;
}

function subscriptionsXml(arns: readonly string[]): string {
  const members = arns.map((arn) => `<member><SubscriptionArn>${arn}</SubscriptionArn></member>`);
  return `<Subscriptions>${members.join('')}</Subscriptions>`;
}

function figuresJson(figures: ReadonlyMap<string, number>) {
  const Timestamps = [...figures.keys()].map((time) => Date.parse(time) / 1000);
  return { Id: 'active', Label: 'active', StatusCode: 'Complete', Timestamps, Values: [...figures.values()] };
}
