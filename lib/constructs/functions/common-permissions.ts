import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CONNECTIONS } from '../../../lambda/dynamodb/tables.ts';
import type { TrailTable } from '../storage/trail-table.ts';

/** What a function with a log group of its own needs for it. */
export function writeLogs({ logGroupArn }: ILogGroup): PolicyStatement {
  return new PolicyStatement({
    sid: 'WriteLogs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroupArn],
  });
}

/** Each index by its name: one that is added later is not readable unless somebody means it to be. */
export function searchConnections({ tableArn }: TrailTable): PolicyStatement {
  return new PolicyStatement({
    sid: 'SearchConnections',
    actions: ['dynamodb:Query'],
    resources: CONNECTIONS.indexes.map(({ name }) => `${tableArn}/index/${name}`),
  });
}
