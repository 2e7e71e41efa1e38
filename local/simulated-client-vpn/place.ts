import { type Structure, textOf } from '../../gateway/ec2-query-protocol/structure.ts';
import type { World } from './world.ts';

/** Where an endpoint is: an AWS account and a Region of it. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** AWS's own example account and a Region; both are only names here. */
export const FIRST_PLACE: Place = { account: '123456789012', region: 'eu-central-1' };

/** Another of AWS's example accounts, in another Region. */
export const SECOND_PLACE: Place = { account: '111122223333', region: 'us-east-1' };

/** Where a described endpoint is, by its server certificate, which has to be of the same account and Region. */
function isAt({ account, region }: Place, endpoint: Structure): boolean {
  return textOf(endpoint, 'serverCertificateArn').startsWith(`arn:aws:acm:${region}:${account}:`);
}

/** What a caller of one account sees of a world when it asks one Region: its own endpoints there, and nothing else. */
export function seenFrom(place: Place, world: World): World {
  const endpoints = (at: Date) => world.endpoints(at).filter((endpoint) => isAt(place, endpoint));
  return {
    endpoints,
    connections: (endpointId, at) =>
      endpoints(at).some((endpoint) => textOf(endpoint, 'clientVpnEndpointId') === endpointId)
        ? world.connections(endpointId, at)
        : [],
  };
}
