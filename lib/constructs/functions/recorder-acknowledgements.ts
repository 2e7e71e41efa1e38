import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';

/** The findings of cdk-nag about the function that are answered rather than obeyed. */
export function acknowledgeFunction(recorder: LambdaFunction): void {
  Validations.of(recorder).acknowledge(
    {
      id: 'NIST.800.53.R5-LambdaConcurrency',
      reason:
        'The schedule is the only invoker, one event an interval, so concurrency is one or two by construction; two recorders at once are safe by conditional writes. Reserved concurrency would make the deployment fail in accounts whose limit is at its minimum.',
    },
    {
      id: 'NIST.800.53.R5-LambdaDLQ',
      reason:
        'Failed events go to an on-failure destination (the queue FailedRecordings), which carries the error as well as the event and which AWS recommends over a dead-letter queue; the rule knows only the latter.',
    },
    {
      id: 'NIST.800.53.R5-LambdaInsideVPC',
      reason:
        'The function reaches no resource in a VPC: it calls the EC2 and DynamoDB APIs over TLS with its own role, and nothing can connect to it. A VPC would add a NAT gateway or interface endpoints as a way for the recorder to go silent.',
    },
  );
}

/** The findings about the log group. */
export function acknowledgeLogGroup(logGroup: LogGroup): void {
  Validations.of(logGroup).acknowledge({
    id: 'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
    reason:
      'CloudWatch Logs encrypts the group at rest with a key that AWS owns. The log holds operating data only (endpoint ids, counts, error codes); who was connected is written to the tables alone, whose key is configurable.',
  });
}

/** The findings about the policy: one resource that AWS does not offer, and one that is the configuration itself. */
export function acknowledgePolicy(policy: ManagedPolicy, endpoints: 'all' | readonly string[]): void {
  Validations.of(policy).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'ec2:DescribeClientVpnEndpoints, a read of the list of endpoints, has no resource-level permission (Service Authorization Reference, Amazon EC2).',
  });
  if (endpoints === 'all') {
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${everyEndpoint(Stack.of(policy))}]`,
      reason:
        'Configured to record every Client VPN endpoint of this account and Region, those of tomorrow too; the action (ec2:DescribeClientVpnConnections) only reads. With the configuration key "endpoints" each endpoint is named.',
    });
  }
}

const known = (value: string, pseudoParameter: string) =>
  Token.isUnresolved(value) ? `<AWS::${pseudoParameter}>` : value;

/** The ARN as cdk-nag writes it: what is known at deployment only is named in angle brackets. */
function everyEndpoint({ partition, region, account }: Stack): string {
  return `arn:${known(partition, 'Partition')}:ec2:${known(region, 'Region')}:${known(account, 'AccountId')}:client-vpn-endpoint/*`;
}
