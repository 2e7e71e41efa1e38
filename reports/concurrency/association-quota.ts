import type { EndpointAnswer } from '../../lambda/query/schemas/trail.ts';
import { asElements, type Elements, isList } from '../../lambda/trail/element.ts';

/**
 * How many clients may be connected to an endpoint at once, by the number of its subnet associations: 1 to 5 (AWS Client VPN
 * Administrator Guide, "AWS Client VPN quotas"). AWS raises it on request, which nothing that is recorded tells.
 */
const QUOTAS = [7_000, 36_500, 66_500, 96_500, 126_000] as const;

/** The most associations that the quota is documented for. */
export const MOST_ASSOCIATIONS = QUOTAS.length;

/**
 * The subnet associations of an endpoint, if AWS's description has them: `associatedTargetNetwork` is deprecated in favour of another
 * call (EC2 API reference, ClientVpnEndpoint), and may be missing.
 */
export function associationsOf({ description }: EndpointAnswer): number | undefined {
  const networks = (description as Elements | undefined)?.associatedTargetNetwork;
  if (networks === undefined || !isList(networks)) return undefined;
  const ids = networks.flatMap((network) => asElements(network)?.networkId ?? []);
  return ids.length > 0 ? ids.length : undefined;
}

/** The quota for so many associations; undefined where AWS documents none. */
export function quotaOf(associations: number | undefined): number | undefined {
  return associations === undefined ? undefined : QUOTAS[associations - 1];
}
