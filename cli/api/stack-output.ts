import type { CloudFormationClient, Output } from '@aws-sdk/client-cloudformation';
import { toError } from '../../lambda/trail/to-error.ts';
import { awsOptions } from '../../local/network/aws-options.ts';
import { isOfTheNetwork } from '../../local/network/failure.ts';
import { printable } from '../../words/printable.ts';
import { ApiFailure } from './api-failure.ts';
import { noCredentials } from './aws-identity.ts';
import { type CredentialSource, GIVE_REGION, renewWords } from './credential-source.ts';

const TIMEOUT_MILLISECONDS = 20_000;

/**
 * The outputs of the trail's stack.
 *
 * @param stack - name or ARN
 * @returns where it was found, and what gives the output of a name
 * @throws ApiFailure; what gives an output does too, where the stack has none of this name
 */
export async function readStackOutputs(stack: string, source: CredentialSource) {
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(awsOptions(source));
  try {
    const found = await client.config.region().catch(() => undefined);
    if (!found) throw new ApiFailure(`There is no AWS Region to look for the stack ${stack} in. ${GIVE_REGION}`);
    await client.config.credentials().catch((error: unknown) => {
      throw noCredentials(error);
    });
    const outputs = await readOutputs(client, stack, found, source);
    const get = (name: string) => {
      const value = outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
      if (value) return value;
      const others = outputs.map(({ OutputKey }) => OutputKey).join(', ') || 'none';
      throw new ApiFailure(
        `The stack ${stack} in ${found} has no output ${name} (its outputs: ${others}). Name the stack of the audit trail, deployed by this version.`,
      );
    };
    return { region: found, get };
  } finally {
    client.destroy();
  }
}

async function readOutputs(
  client: CloudFormationClient,
  stack: string,
  region: string,
  source: CredentialSource,
): Promise<readonly Output[]> {
  const { DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  try {
    const abortSignal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }), { abortSignal });
    return Stacks?.[0]?.Outputs ?? [];
  } catch (error) {
    throw stackFailure(error, stack, region, source);
  }
}

function stackFailure(error: unknown, stack: string, region: string, source: CredentialSource): ApiFailure {
  const { name, message } = toError(error);
  const words = printable(message);
  const because = (text: string) => new ApiFailure(text, { cause: error });
  if (isOfTheNetwork(error)) return because(words);
  if (name === 'ValidationError' && /does not exist/.test(message)) {
    return because(`There is no stack ${stack} in ${region}. Check the name, --region and --profile.`);
  }
  if (/Expired/.test(name)) return because(`The AWS credentials have expired (${words}). ${renewWords(source)}`);
  if (/AccessDenied|UnauthorizedOperation/.test(name)) {
    return because(
      `CloudFormation refused to tell of the stack ${stack} (${words}). The credentials need cloudformation:DescribeStacks; or give the address itself with --api URL.`,
    );
  }
  if (name === 'TimeoutError' || name === 'AbortError') {
    return because(`CloudFormation in ${region} did not answer within ${TIMEOUT_MILLISECONDS / 1000} s. Try again.`);
  }
  return because(`The stack ${stack} in ${region} could not be asked for its outputs (${name}: ${words}).`);
}
