import { COUNTERS, MEMBER_NAMES, membersWith, traitsOf } from '../../trail/connection-members.ts';
import { type Member, type OcsfAttribute, type TunnelEvent, trafficCounter, tunnelAddress } from './ocsf-event.ts';

const ADDRESSES = membersWith({ kind: 'address' });
const NAMED = [...membersWith({ keeps: 'identity', kind: 'text' }), ...membersWith({ ocsf: 'both' })];
const ELSEWHERE: ReadonlySet<Member> = new Set([...ADDRESSES, ...COUNTERS, ...NAMED]);
const LAST_STATE = MEMBER_NAMES.filter((name) => traitsOf(name).ocsf === undefined && !ELSEWHERE.has(name));

/**
 * What class 4014 has no attribute for, by the connection's own names: so nothing is lost in this format either. Who it was is
 * in both events, an address or a counter where no attribute of the class says the same, the last state only in the last event.
 */
export const UNMAPPED: readonly OcsfAttribute[] = [
  ...NAMED.map((member) => unmapped(member, ({ connection }) => connection[member])),
  ...ADDRESSES.map((member) =>
    unmapped(member, ({ connection }) => unlessSaid(tunnelAddress(connection), connection[member])),
  ),
  ...COUNTERS.map((member) =>
    unmapped(member, (event) => ofLast(event, unlessSaid(trafficCounter(event, member), event.connection[member]))),
  ),
  ...LAST_STATE.map((member) => unmapped(member, (event) => ofLast(event, event.connection[member]))),
];

function unmapped(member: Member, value: OcsfAttribute['value']): OcsfAttribute {
  return { path: `unmapped.${member}`, member, value };
}

function unlessSaid<Value>(said: Value | undefined, value: Value | undefined): Value | undefined {
  return said === value ? undefined : value;
}

function ofLast<Value>({ isLast }: TunnelEvent, value: Value): Value | undefined {
  return isLast ? value : undefined;
}
