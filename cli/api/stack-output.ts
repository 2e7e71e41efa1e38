import type { CloudFormationClient, Output } from '@aws-sdk/client-cloudformation';
import { printable } from '../output/printable.ts';
import { ApiFailure } from './api-failure.ts';
import { noCredentials } from './aws-identity.ts';
import { type CredentialSource, GIVE_REGION, renewWords } from './credential-source.ts';

/** The stack's output that holds the API's address. */
const OUTPUT = 'ApiUrl';
const TIMEOUT_MILLISECONDS = 20_000;

/**
 * The API's address as the stack tells it.
 *
 * @param stack - name or ARN
 * @throws ApiFailure
 */
export async function findStackApi(stack: string, source: CredentialSource): Promise<string> {
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  const { profile, region } = source;
  const client = new CloudFormationClient({
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
  });
  try {
    const found = await client.config.region().catch(() => undefined);
    if (!found) throw new ApiFailure(`There is no AWS Region to look for the stack ${stack} in. ${GIVE_REGION}`);
    await client.config.credentials().catch((error: unknown) => {
      throw noCredentials(error, source);
    });
    const outputs = await readOutputs(client, stack, found, source);
    const url = outputs.find(({ OutputKey }) => OutputKey === OUTPUT)?.OutputValue;
    if (url) return url;
    const others = outputs.map(({ OutputKey }) => OutputKey).join(', ') || 'none';
    throw new ApiFailure(
      `The stack ${stack} in ${found} has no output ${OUTPUT} (its outputs: ${others}). Name the stack of the audit trail, deployed with its API.`,
    );
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
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const words = printable(message);
  const because = (text: string) => new ApiFailure(text, { cause: error });
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
  return because(`The stack ${stack} in ${region} could not be asked for the API's address (${name}: ${words}).`);
}
