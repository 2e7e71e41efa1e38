import { Stack, Validations } from 'aws-cdk-lib';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';

/** Answers cdk-nag's finding about each resource of a policy that ends in a wildcard. */
export function acknowledgeWildcards(policy: ManagedPolicy, resources: readonly string[], reason: string): void {
  for (const resource of resources) {
    const name = findingName(Stack.of(policy).resolve(resource));
    Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[Resource::${name}]`, reason });
  }
}

/** An ARN in cdk-nag's form: parts that are known only at deployment are in angle brackets. */
function findingName(arn: unknown): string {
  if (typeof arn === 'string') return arn;
  const [kind, argument] = Object.entries(arn as Record<string, unknown>)[0] ?? [];
  if (kind === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  if (kind === 'Fn::Join') return (argument as [string, unknown[]])[1].map(findingName).join('');
  return `<${String(argument)}>`;
}
