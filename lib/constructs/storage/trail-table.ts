import type { ITable } from 'aws-cdk-lib/aws-dynamodb';

/** What the other constructs need to know of a table of the trail, whether it is made here or existed before. */
export type TrailTable = Pick<ITable, 'tableArn' | 'tableName'>;
