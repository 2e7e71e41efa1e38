import { isIPv6, SocketAddress } from 'node:net';
import type { Connection } from './connection.ts';
import { nameKey } from './name-key.ts';

const IPV4_MAPPED = /^::ffff:(?=[\d.]+$)/;

/**
 * The canonical text of an address: an IPv6 address as in RFC 5952; an IPv4-mapped one (`::ffff:10.0.0.1`, RFC 4291, section
 * 2.5.5.2) as the IPv4 address (ADR 24). A value that is not an address is only put into lower case.
 */
export function canonicalAddress(address: string): string {
  // A zone (`%eth0`) names an interface of one machine: tunnel addresses have none.
  if (!isIPv6(address) || address.includes('%')) return nameKey(address);
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(IPV4_MAPPED, '');
}

/** The connection's addresses by kind: AWS may give either kind under either name. */
export function addressesOf({ clientIp, clientIpv6 }: Connection) {
  const all = new Set([clientIp, clientIpv6].flatMap((address) => (address ? canonicalAddress(address) : [])));
  const { ipv4 = [], ipv6 = [] } = Object.groupBy(all, (address) => (address.includes(':') ? 'ipv6' : 'ipv4'));
  return { ipv4: ipv4[0], ipv6: ipv6[0], areTwoOfOne: ipv4.length > 1 || ipv6.length > 1 };
}
