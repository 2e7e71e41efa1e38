import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { LASTING, LATEST, LIVE, membersWith } from '../../lambda/trail/connection-members.ts';

type Members = readonly (keyof ConnectionAnswer)[];

/** It depends on when the question was asked, not on the connection. */
export const OF_THE_QUESTION: Members = ['possible'];

/** When it was first seen, where the snapshot that tells has expired. */
export const OF_FIRST_SIGHT: Members = ['firstSeenAt', 'firstSlot'];

/** What the last state is made of, where the rows of the snapshot that gave it are lost. */
export const OF_LAST_STATE: Members = [
  ...membersWith({ keeps: 'lasting' }),
  ...LATEST,
  'endedAt',
  'end',
  'unlistedSince',
  'contradictions',
  'durationSeconds',
  'lastSeenAt',
  'lastSlot',
  ...LIVE,
];

/** An end without a time is bounded by the snapshots around it; in OCSF the earliest is the event's time. */
export const OF_INFERRED_END: Members = ['end', 'endedAt', 'durationSeconds'];

/** What snapshots before the evidence tell of a connection that was there already, where AWS does not say it. */
export function unknownFromBefore({ establishedAtIsFirstSight, end, status }: Connection): Members {
  const times: Members = establishedAtIsFirstSight
    ? ['establishedAt', 'establishedAtIsFirstSight', 'durationSeconds']
    : [];
  const isBounded = end?.kind === 'inferred' && (status === 'terminated' || establishedAtIsFirstSight);
  return isBounded ? [...times, ...OF_INFERRED_END] : times;
}

/** What neither a state nor a row says, and rows that did not come along may have said. */
export function untoldOf(said: Partial<Record<(typeof LASTING)[number], unknown>>): Members {
  const left = LASTING.filter((member) => said[member] === undefined);
  const isNameless = left.includes('username') || left.includes('commonName');
  return [...left, ...(isNameless ? (['identity'] as const) : []), 'contradictions'];
}
