import { type Member, type OcsfAttribute, type TunnelEvent, trafficCounter, tunnelAddress } from './ocsf-event.ts';

/** In both events. */
const IDENTITY = ['username', 'commonName', 'establishedAtIsFirstSight'] as const;

/** Left out where an attribute of the class says the same. */
const ADDRESSES = ['clientIp', 'clientIpv6'] as const;
const COUNTERS = ['ingressBytes', 'egressBytes', 'ingressPackets', 'egressPackets'] as const;

/** What is known of the last state: only in a connection's last event. */
const LAST_STATE = [
  'statusMessage',
  'end',
  'unlistedSince',
  'postureComplianceStatuses',
  'authorizationPolicyLastEvaluatedAt',
  'durationSeconds',
  'firstSeenAt',
  'lastSeenAt',
  'firstSlot',
  'lastSlot',
  'timestamp',
  'contradictions',
  'other',
  'possible',
] as const;

/** What class 4014 has no attribute for, by the connection's own names: so nothing is lost in this format either. */
export const UNMAPPED: readonly OcsfAttribute[] = [
  ...IDENTITY.map((member) => unmapped(member, ({ connection }) => connection[member])),
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
