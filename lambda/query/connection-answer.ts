import type { Connection } from '../trail/connection.ts';
import { later, secondsBetween } from '../trail/time.ts';
import type { ConnectionAnswer } from './schemas/connection.ts';

/** The members of a connection in the order in which answers give them: who and when before how much. */
const MEMBERS = [
  'connectionId',
  'endpointId',
  'accountId',
  'region',
  'status',
  'statusMessage',
  'establishedAt',
  'establishedAtIsFirstSight',
  'endedAt',
  'end',
  'unlistedSince',
  'username',
  'commonName',
  'identity',
  'clientIp',
  'clientIpv6',
  'ingressBytes',
  'egressBytes',
  'ingressPackets',
  'egressPackets',
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
] as const satisfies readonly (keyof ConnectionAnswer)[];

/** The connection as answers give it. */
export function toAnswer(connection: Connection, possible = false): ConnectionAnswer {
  const answer: Record<string, unknown> = {
    ...connection,
    identity: connection.username ?? connection.commonName ?? connection.connectionId,
    durationSeconds: durationOf(connection),
    possible: possible ? true : undefined,
  };
  const said = MEMBERS.filter((member) => answer[member] !== undefined);
  return Object.fromEntries(said.map((member) => [member, answer[member]])) as unknown as ConnectionAnswer;
}

/** Until its end; of one that is open until it was last seen, and of an inferred end until its earliest. */
function durationOf({ establishedAt, endedAt, end, lastSeenAt }: Connection): number | undefined {
  const until = endedAt ?? (end?.kind === 'inferred' ? end.between[0] : lastSeenAt);
  return until === undefined ? undefined : secondsBetween(establishedAt, later(establishedAt, until));
}
