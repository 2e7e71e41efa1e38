import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { toError } from '../../lambda/trail/to-error.ts';
import { awsOptions } from '../../local/network/aws-options.ts';
import { printable } from '../../words/printable.ts';
import { ApiFailure } from './api-failure.ts';
import { type CredentialSource, GIVE_REGION, renewWords } from './credential-source.ts';

type SdkConfig = DynamoDBClient['config'];

/** The identity that signs a request. */
export interface AwsIdentity {
  readonly credentials: Awaited<ReturnType<SdkConfig['credentials']>>;
  readonly region: string;
  readonly sha256: SdkConfig['sha256'];
}

/**
 * Finds the usual AWS credentials and Region like every client of the SDK, on each call: credentials that have expired are
 * renewed if the profile says how. The returned function rejects with an ApiFailure if there are none, or they have
 * expired.
 *
 * @param region - takes precedence
 */
export function identityFinder(
  source: CredentialSource,
  region: string | undefined,
  now: () => Date,
): () => Promise<AwsIdentity> {
  let config: Promise<SdkConfig> | undefined;
  return async () => {
    config ??= sdkConfig(source.profile, region);
    return findIdentity(await config, source, now());
  };
}

/** DynamoDB's client is installed anyway, and is used only for this. */
async function sdkConfig(profile: string | undefined, region: string | undefined): Promise<SdkConfig> {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  return new DynamoDBClient(awsOptions({ profile, region })).config;
}

async function findIdentity(config: SdkConfig, source: CredentialSource, now: Date): Promise<AwsIdentity> {
  const credentials = await config.credentials().catch((error: unknown) => {
    throw noCredentials(error);
  });
  if (credentials.expiration && credentials.expiration <= now) {
    throw new ApiFailure(
      `The AWS credentials expired at ${credentials.expiration.toISOString()}. ${renewWords(source)}`,
    );
  }
  const region = await config.region().catch(() => undefined);
  if (!region) throw new ApiFailure(`There is no AWS Region to sign the question for. ${GIVE_REGION}`);
  return { credentials, region, sha256: config.sha256 };
}

/** The error if the SDK finds no credentials: why, and what to do. */
export function noCredentials(error: unknown): ApiFailure {
  return new ApiFailure(printable(toError(error).message), { cause: error });
}
