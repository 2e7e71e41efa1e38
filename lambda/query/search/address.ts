import { describedText, type EndpointState } from '../endpoint-state.ts';

/**
 * The endpoints whose clients may have had one of the addresses; all of them where no address is asked for. All, too, where
 * the address is in no client CIDR: what AWS listed counts, not what its descriptions lead to expect.
 */
export function endpointsOfAddresses(ips: readonly string[], states: readonly EndpointState[]): EndpointState[] {
  const holders = new Set(ips.flatMap((address) => endpointsOfAddress(address, states)));
  return states.filter((state) => ips.length === 0 || holders.has(state));
}

function endpointsOfAddress(address: string, states: readonly EndpointState[]): readonly EndpointState[] {
  const holders = states.filter((state) => mayHold(state, address));
  return holders.length > 0 ? holders : states;
}

/**
 * Whether a client of the endpoint may have had the address: by its client CIDR, where that is known. The ranges of IPv6
 * addresses are AWS's own choice.
 */
function mayHold(state: EndpointState, address: string): boolean {
  const cidr = describedText(state, 'clientCidrBlock');
  if (cidr === undefined || address.includes(':')) return true;
  const [network = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(toNumber(network) / size) === Math.floor(toNumber(address) / size);
}

function toNumber(ipv4: string): number {
  return ipv4.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);
}
