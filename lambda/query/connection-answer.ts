import type { Connection } from '../trail/connection.ts';
import { MEMBER_NAMES, type MemberName } from '../trail/connection-members.ts';
import { present } from '../trail/present.ts';
import { secondsBetween } from '../trail/time.ts';
import type { ConnectionAnswer } from './schemas/connection.ts';

/** The connection in the form of answers. */
export function toAnswer(connection: Connection, possible = false): ConnectionAnswer {
  const answer: Partial<Record<MemberName, unknown>> = {
    ...connection,
    identity: connection.username ?? connection.commonName ?? connection.connectionId,
    durationSeconds: durationOf(connection),
    possible: possible ? true : undefined,
  };
  return present(answer, MEMBER_NAMES) as ConnectionAnswer;
}

/**
 * Until its end; for an open connection until it was last seen; for an inferred end until the earliest possible end. Unknown if
 * that is before the start.
 */
function durationOf({ establishedAt, endedAt, end, lastSeenAt }: Connection): number | undefined {
  const until = endedAt ?? (end?.kind === 'inferred' ? end.between[0] : lastSeenAt);
  return until === undefined || until < establishedAt ? undefined : secondsBetween(establishedAt, until);
}
