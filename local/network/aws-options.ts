import { present } from '../../lambda/trail/present.ts';
import { usualCredentials } from './credentials.ts';
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
 * credentials.
 */
export function awsOptions({ profile, region }: AwsPlace = {}) {
  return {
    // Each has its own: a client that is closed closes its connections.
    requestHandler: networkHandler({ profile }),
    credentials: usualCredentials(profile),
    ...present({ profile, region }),
  };
}
