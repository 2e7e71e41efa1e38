import { isIPv6, SocketAddress } from 'node:net';
import { nameKey } from './name-key.ts';

const IPV4_MAPPED = /^::ffff:(?=[\d.]+$)/;

/**
 * The one text of an address that can be written in several ways: an IPv6 address as RFC 5952 writes it, one that holds an IPv4
 * address (`::ffff:10.0.0.1`, RFC 4291, section 2.5.5.2) as that (ADR 24). What is no address stays as it is, in lower case.
 */
export function canonicalAddress(address: string): string {
  // A zone (`%eth0`) names an interface of one machine: no client's tunnel has one.
  if (!isIPv6(address) || address.includes('%')) return nameKey(address);
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(IPV4_MAPPED, '');
}
