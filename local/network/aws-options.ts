import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { present } from '../../lambda/trail/present.ts';
import { networkHandler } from './request-handler.ts';

/** Who asks AWS, and where. */
export interface AwsPlace {
  /** @default - the environment's */
  readonly profile?: string | undefined;
  /** @default - the environment's, or the profile's */
  readonly region?: string | undefined;
}

/**
 * The options of every client of AWS that leaves this machine: through the network as it is set up here, with the usual
 * credentials. What the credentials themselves need (STS, IAM Identity Center) is asked the same way.
 */
export function awsOptions({ profile, region }: AwsPlace = {}) {
  // Some of the SDK's providers take the one, some the other.
  const own = { requestHandler: networkHandler({ profile }) };
  return {
    requestHandler: networkHandler({ profile }),
    credentials: fromNodeProviderChain({ ...present({ profile }), clientConfig: own, parentClientConfig: own }),
    ...present({ profile, region }),
  };
}
