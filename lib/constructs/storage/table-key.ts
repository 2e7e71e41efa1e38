import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * What a role must be allowed on the tables' key, where there is one. DynamoDB decrypts a table's key in the name of
 * whoever reads or writes the table; the data keys it makes are made in its own name, by its grant on the key (DynamoDB
 * Developer Guide, "DynamoDB encryption at rest usage notes").
 */
export function useOfKey(scope: Construct, key: IKey | undefined): PolicyStatement[] {
  if (key === undefined) {
    return [];
  }
  return [
    new PolicyStatement({
      sid: 'UseTablesKey',
      actions: ['kms:Decrypt', 'kms:DescribeKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(scope).region}.amazonaws.com` } },
    }),
  ];
}
