import { COUNTERS, MEMBER_NAMES, membersWith, traitsOf } from '../../trail/connection-members.ts';
import {
  type AnswerMember,
  type OcsfAttribute,
  type TunnelEvent,
  trafficCounter,
  tunnelAddress,
} from './ocsf-event.ts';

const ADDRESSES = membersWith({ kind: 'address' });
const NAMED = [...membersWith({ keeps: 'identity', kind: 'text' }), ...membersWith({ ocsf: 'both' })];
const ELSEWHERE: ReadonlySet<AnswerMember> = new Set([...ADDRESSES, ...COUNTERS, ...NAMED]);
const LAST_STATE = MEMBER_NAMES.filter((name) => traitsOf(name).ocsf === undefined && !ELSEWHERE.has(name));

/**
 * Members without an attribute in class 4014, under their own names, so that this format loses nothing. The identity is
 * in both events; an address or a counter if no attribute has it; the last state only in the last event.
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

function unmapped(member: AnswerMember, value: OcsfAttribute['value']): OcsfAttribute {
  return { path: `unmapped.${member}`, member, value };
}

function unlessSaid<Value>(said: Value | undefined, value: Value | undefined): Value | undefined {
  return said === value ? undefined : value;
}

function ofLast<Value>({ isLast }: TunnelEvent, value: Value): Value | undefined {
  return isLast ? value : undefined;
}
