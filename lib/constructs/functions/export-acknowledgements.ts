import { Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';

/** The findings about the export function. */
export function acknowledgeExporter(exporter: LambdaFunction, logGroup: LogGroup): void {
  Validations.of(exporter).acknowledge(
    {
      id: 'NIST.800.53.R5-LambdaConcurrency',
      reason:
        'The schedule invokes it once a day, and the API at the rate that its throttling allows; two exports at once are safe, since objects are written once. Reserved concurrency would make the deployment fail in accounts whose limit is at its minimum.',
    },
    {
      id: 'NIST.800.53.R5-LambdaDLQ',
      reason:
        'Failed events go to an on-failure destination (the queue FailedExports), which carries the error as well as the event and which AWS recommends over a dead-letter queue; the rule knows only the latter.',
    },
    {
      id: 'NIST.800.53.R5-LambdaInsideVPC',
      reason:
        'The function reaches no resource in a VPC: it calls the DynamoDB, S3 and KMS APIs over TLS with its own role, and only the schedule and the API, which authorizes every request by IAM, can invoke it.',
    },
  );
  acknowledgeLogs(logGroup);
}

/** The findings about the function that tells the public key. */
export function acknowledgePublicKeyFunction(reader: LambdaFunction, logGroup: LogGroup): void {
  const reason =
    'CloudFormation invokes it when the stack is deployed and at no other time, waits for its answer, and fails the deployment where there is none. It calls the KMS API over TLS with its own role and reaches nothing in a VPC.';
  Validations.of(reader).acknowledge(
    { id: 'NIST.800.53.R5-LambdaConcurrency', reason },
    { id: 'NIST.800.53.R5-LambdaDLQ', reason },
    { id: 'NIST.800.53.R5-LambdaInsideVPC', reason },
  );
  acknowledgeLogs(logGroup);
}

function acknowledgeLogs(logGroup: LogGroup): void {
  Validations.of(logGroup).acknowledge({
    id: 'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
    reason:
      'CloudWatch Logs encrypts the group at rest with a key that AWS owns. The log holds failures and counts only; who was connected is in the tables and the archive alone, whose key is configurable.',
  });
}
