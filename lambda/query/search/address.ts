import { BlockList, isIPv4 } from 'node:net';
import { canonicalAddress } from '../../trail/address.ts';
import { describedText, type EndpointState } from '../endpoint-state.ts';

/**
 * The endpoints whose clients may have had one of the addresses. All of them if no address is given, or if the address is in
 * no client CIDR: what AWS listed counts, not what its descriptions suggest.
 */
export function endpointsOfAddresses(ips: readonly string[], states: readonly EndpointState[]): EndpointState[] {
  const holders = new Set(ips.flatMap((ip) => endpointsOfAddress(canonicalAddress(ip), states)));
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
  const [, network = '', bits] = CIDR.exec(describedText(state, 'clientCidrBlock') ?? '') ?? [];
  if (!isIPv4(network) || !isIPv4(address)) return true;
  const range = new BlockList();
  range.addSubnet(network, Number(bits));
  return range.check(address);
}

const CIDR = /^([\d.]+)\/(\d|[12]\d|3[0-2])$/;
