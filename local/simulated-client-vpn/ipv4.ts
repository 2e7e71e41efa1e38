import { isIPv4 } from 'node:net';

/** An IPv4 address as a number, `undefined` for anything else. */
export function ipv4Number(address: string): number | undefined {
  if (!isIPv4(address)) return undefined;
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

/** The IPv4 address of a number from 0 to 2³² − 1. */
export function ipv4Text(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

function networkOf(address: number, length: number): number {
  return address - (address % 2 ** (32 - length));
}

/** The smallest block that holds all the addresses, not smaller than a /16 of the first of them. */
export function cidrBlockOf(addresses: readonly number[]): string {
  const first = addresses[0] ?? 0x0a000000;
  let length = 16;
  while (addresses.some((address) => networkOf(address, length) !== networkOf(first, length))) length -= 1;
  return `${ipv4Text(networkOf(first, length))}/${length}`;
}
