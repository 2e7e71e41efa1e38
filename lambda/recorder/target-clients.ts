import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { present } from '../trail/present.ts';
import { AssumeRoleError, toFailure } from './failures.ts';
import type { Target } from './target.ts';

type AssumeOptions = Parameters<typeof fromTemporaryCredentials>[0];
type Credentials = NonNullable<AssumeOptions['masterCredentials']>;

/** What the clients of all targets have in common. */
export interface TargetClientOptions {
  /** The recorder's own Region: its STS is asked, so that a Region which is down holds up no other. */
  readonly region: string;
  /** What the roles' trust policies demand as `sts:ExternalId`. */
  readonly externalId?: string | undefined;
  /** Who assumes the roles; by default the credentials of the environment. */
  readonly credentials?: Credentials | undefined;
  /** What else EC2's clients are made with. */
  readonly ec2?: EC2ClientConfig;
  /** What else STS's client is made with. */
  readonly sts?: NonNullable<AssumeOptions['clientConfig']>;
}

/** An STS that does not answer must not use up the recording's time. */
const STS_HANDLER = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** AssumeRole's session name is in the other account's CloudTrail: it says who reads there. */
const SESSION_NAME = 'cvpn-audit-recorder';

/**
 * EC2's clients for targets: each in its Region, with its role's temporary credentials, which renew themselves. One that was made is given
 * again, with the credentials it has, until EC2 refuses them.
 *
 * What AssumeRole is refused for is an {@link AssumeRoleError} of the client's calls.
 */
export function targetClients(options: TargetClientOptions): (target: Target) => EC2Client {
  const clients = new Map<string, EC2Client>();
  return ({ region = options.region, roleArn }) => {
    const key = `${region} ${roleArn ?? ''}`;
    const known = clients.get(key);
    if (known) return known;
    const client = new EC2Client({
      ...options.ec2,
      region,
      ...present({ credentials: roleArn === undefined ? options.credentials : assuming(roleArn, options) }),
    });
    clients.set(key, client);
    if (roleArn !== undefined) onRefusal(client, () => clients.delete(key));
    return client;
  };
}

/**
 * The credentials of a role that was deleted stay invalid when it is there again, and would be kept for up to an hour: what EC2 refuses is
 * not given to the next recording, which assumes the role anew.
 */
function onRefusal(client: EC2Client, forget: () => void): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (toFailure(error).reason === 'access-denied') forget();
        throw error;
      }
    },
    { step: 'initialize', name: 'forgetRefused' },
  );
}

function assuming(roleArn: string, { region, externalId, credentials, sts }: TargetClientOptions) {
  const provider = fromTemporaryCredentials({
    params: {
      RoleArn: roleArn,
      RoleSessionName: SESSION_NAME,
      ...present({ ExternalId: externalId }),
    },
    ...present({ masterCredentials: credentials }),
    clientConfig: { region, requestHandler: STS_HANDLER, ...sts },
  });
  return async (...given: Parameters<typeof provider>) => {
    try {
      return await provider(...given);
    } catch (error) {
      throw new AssumeRoleError(roleArn, error);
    }
  };
}
