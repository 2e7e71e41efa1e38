import { isIPv4, isIPv6 } from 'node:net';
import { canonicalAddress } from './address.ts';

/** Stands for every network: of a text that is no address, or of too many to name. */
const ANY = '*';

/** A watermark with so many stays an item of about a kilobyte, which is one write unit. */
const MOST_NETWORKS = 64;

/**
 * The network that an address counts to: its /16 for IPv4, its /32 for IPv6. An endpoint's client CIDR is a /12 to a /22 for IPv4
 * (Client VPN Administrator Guide, "Rules and best practices"), so an endpoint usually has one.
 */
function networkOf(address: string): string {
  const canonical = canonicalAddress(address);
  if (isIPv4(canonical)) return `${canonical.split('.', 2).join('.')}.0.0/16`;
  if (!isIPv6(canonical)) return ANY;
  const [first = '', second = ''] = canonical.split('::', 1)[0]?.split(':') ?? [];
  return `${first || '0'}:${second || '0'}::/32`;
}

/** The networks of two lists: sorted, each once; `*` alone where one of them is that, or where they are too many. */
export function uniteNetworks(one: readonly string[], other: readonly string[]): readonly string[] {
  const all = new Set([...one, ...other]);
  return all.has(ANY) || all.size > MOST_NETWORKS ? [ANY] : [...all].sort();
}

/** The networks with those of the addresses; the same list if it has them. */
export function withAddresses(networks: readonly string[], addresses: Iterable<string>): readonly string[] {
  const found = new Set<string>();
  for (const address of addresses) found.add(networkOf(address));
  return networks.includes(ANY) || [...found].every((network) => networks.includes(network))
    ? networks
    : uniteNetworks(networks, [...found]);
}

/**
 * Whether a connection of an endpoint may have, or have had, the address (ADR 30).
 *
 * @param networks those that its connections ever had; undefined if they are not known
 */
export function mayHaveHad(networks: readonly string[] | undefined, address: string): boolean {
  return networks === undefined || networks.includes(ANY) || networks.includes(networkOf(address));
}
