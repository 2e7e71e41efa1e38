import { DescribeClientVpnEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { toError } from '../lambda/trail/to-error.ts';
import { isLoopback, loopbackIdentity } from './loopback.ts';
import { awsOptions } from './network/aws-options.ts';
import { GIVE_CREDENTIALS } from './network/credentials-failure.ts';
import { isWronglySetUp } from './network/failure.ts';

/** AWS cannot be queried: credentials, Region or permission are missing. The message says how to provide them. */
class AwsNotReady extends Error {
  override readonly name = 'AwsNotReady';
}

const TRY_WITHOUT = 'To try it without AWS: cvpn-audit serve --simulate.';
const GIVE_REGION = 'Name the Region of the Client VPN endpoints, for example AWS_REGION=eu-central-1.';

/** Codes of the EC2 API's common errors that are not retryable. */
const REFUSED_CREDENTIALS = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'OptInRequired',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const REFUSED_PERMISSION = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);

/** EC2 according to the environment: AWS with the usual credentials, or AWS_ENDPOINT_URL_EC2. */
export function ec2FromEnvironment(env: NodeJS.ProcessEnv): EC2Client {
  return new EC2Client(ec2Options(env));
}

/** What such a client is made with. @throws AwsNotReady where AWS_ENDPOINT_URL_EC2 is no address */
export function ec2Options(env: NodeJS.ProcessEnv) {
  const endpoint = env.AWS_ENDPOINT_URL_EC2 ?? env.AWS_ENDPOINT_URL;
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    throw new AwsNotReady(`AWS_ENDPOINT_URL_EC2 is "${endpoint}"; expected an address like http://127.0.0.1:8791.`);
  }
  return endpoint !== undefined && isLoopback(endpoint) ? loopbackIdentity(env) : awsOptions();
}

/**
 * Checks that AWS can be queried. A network error is ignored, because the network may be up again when the next recording is
 * due, unless it stays until somebody changes a setting.
 *
 * @returns the Region
 * @throws AwsNotReady
 */
export async function checkAwsAccess(ec2: EC2Client): Promise<string> {
  const region = await checkIdentity(ec2);
  await askWhetherAllowed(ec2);
  return region;
}

/**
 * Checks that there are credentials, and a Region, and does not ask AWS whether they are any good.
 *
 * @param otherwise the Region where the environment names none
 * @throws AwsNotReady
 */
export async function checkIdentity(ec2: EC2Client, otherwise?: string): Promise<string> {
  const region = (await ec2.config.region().catch(() => undefined)) || otherwise;
  const credentials = await ec2.config.credentials().then(
    () => undefined,
    (error: unknown) => toError(error).message,
  );
  const missing = [
    ...(credentials === undefined ? [] : [credentials]),
    ...(region ? [] : [`There is no AWS Region. ${GIVE_REGION}`]),
  ];
  if (!region || missing.length > 0) throw new AwsNotReady([...missing, TRY_WITHOUT].join('\n'));
  return region;
}

/** A dry run: AWS always answers with an error, and its code gives the result. */
async function askWhetherAllowed(ec2: EC2Client): Promise<void> {
  try {
    await ec2.send(new DescribeClientVpnEndpointsCommand({ DryRun: true }), {
      abortSignal: AbortSignal.timeout(10_000),
    });
  } catch (error) {
    if (isWronglySetUp(error)) throw new AwsNotReady(toError(error).message);
    const code = error instanceof Error ? error.name : '';
    const words = `${code}: ${toError(error).message}`;
    if (REFUSED_CREDENTIALS.has(code)) {
      throw new AwsNotReady(`AWS refuses the credentials (${words}). Renew them or give others. ${GIVE_CREDENTIALS}`);
    }
    if (REFUSED_PERMISSION.has(code)) {
      throw new AwsNotReady(
        `AWS does not permit these credentials to record (${words}). They need ec2:DescribeClientVpnEndpoints and ec2:DescribeClientVpnConnections.`,
      );
    }
  }
}
