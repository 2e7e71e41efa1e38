import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';

/** The findings of cdk-nag about the query function that are answered rather than obeyed. */
export function acknowledgeFunction(query: LambdaFunction): void {
  Validations.of(query).acknowledge(
    {
      id: 'NIST.800.53.R5-LambdaConcurrency',
      reason:
        'The API is the only invoker, and its stage is throttled (configuration keys "apiRateLimit" and "apiBurstLimit"), which bounds the concurrency. Reserved concurrency would make the deployment fail in accounts whose limit is at its minimum.',
    },
    {
      id: 'NIST.800.53.R5-LambdaDLQ',
      reason:
        'The function is invoked synchronously by the API and never by an event: whoever asked gets the error and can ask again. A dead-letter queue receives asynchronous events only and would stay empty.',
    },
    {
      id: 'NIST.800.53.R5-LambdaInsideVPC',
      reason:
        'The function reaches no resource in a VPC: it calls the DynamoDB API over TLS with its own role, and only the API, which authorizes every request by IAM, can invoke it.',
    },
  );
}

/** The findings about the function's log group. */
export function acknowledgeFunctionLogs(logGroup: LogGroup): void {
  Validations.of(logGroup).acknowledge({
    id: 'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
    reason:
      'CloudWatch Logs encrypts the group at rest with a key that AWS owns. The log holds failures of the function only; what was asked and who was connected are in the tables alone, whose key is configurable.',
  });
}

/** The findings about the API's access log. */
export function acknowledgeAccessLogs(logGroup: LogGroup): void {
  Validations.of(logGroup).acknowledge({
    id: 'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
    reason:
      'CloudWatch Logs encrypts the group at rest with a key that AWS owns. The log holds who called which path with which result, and not the query string, where the people and addresses that were asked for stand; those are in the Accesses table alone, whose key is configurable.',
  });
}

/** The finding about the policy that lets people ask: every path of the API. */
export function acknowledgeAccess(policy: ManagedPolicy, apiLogicalId: string): void {
  const { partition, region, account } = Stack.of(policy);
  const api = `arn:${known(partition, 'Partition')}:execute-api:${known(region, 'Region')}:${known(account, 'AccountId')}:<${apiLogicalId}>`;
  Validations.of(policy).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${api}/$default/GET/*]`,
    reason:
      'Paths hold connection ids, which nobody knows beforehand, so the policy ends in a wildcard: every path of this one API and stage, by GET, which only reads, and each answer is noted in the Accesses table. The policy is attached to nobody until an administrator does so.',
  });
}

const known = (value: string, pseudoParameter: string) =>
  Token.isUnresolved(value) ? `<AWS::${pseudoParameter}>` : value;
