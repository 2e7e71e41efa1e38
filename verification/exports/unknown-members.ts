import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { LASTING, LATEST, LIVE, membersWith } from '../../lambda/trail/connection-members.ts';

type AnswerMembers = readonly (keyof ConnectionAnswer)[];

/** The first sight, if its snapshot has expired. */
export const OF_FIRST_SIGHT: AnswerMembers = ['firstSeenAt', 'firstSlot'];

/** What AWS said of an end that it contradicted. */
export const OF_CONTRADICTIONS: AnswerMembers = ['contradictions', 'firstEndedAt', 'connectedAgainAt'];

/** The members of the last state, if its snapshot's rows are lost. */
export const OF_LAST_STATE: AnswerMembers = [
  ...membersWith({ keeps: 'lasting' }),
  ...LATEST,
  'endedAt',
  'end',
  'unlistedSince',
  'former',
  ...OF_CONTRADICTIONS,
  'durationSeconds',
  'lastSeenAt',
  'lastSlot',
  ...LIVE,
];

/** An end without a time is bounded by the snapshots around it; in OCSF the earliest bound is the event's time. */
export const OF_INFERRED_END: AnswerMembers = ['end', 'endedAt', 'durationSeconds'];

/** Members that only snapshots before the evidence determine, if AWS does not give them. */
export function unknownFromBefore({
  establishedAtIsFirstSight,
  establishedAfter,
  end,
  status,
}: Connection): AnswerMembers {
  const times: AnswerMembers = [
    ...(establishedAtIsFirstSight ? (['establishedAt', 'establishedAtIsFirstSight', 'durationSeconds'] as const) : []),
    ...(establishedAfter === undefined ? [] : (['establishedAfter'] as const)),
  ];
  const isBounded = end?.kind === 'inferred' && (status === 'terminated' || establishedAtIsFirstSight);
  return isBounded ? [...times, ...OF_INFERRED_END] : times;
}

/** Members that no state and no row has, but rows that have expired may have had. */
export function untoldOf(said: Partial<Record<(typeof LASTING)[number], unknown>>): AnswerMembers {
  const left = LASTING.filter((member) => said[member] === undefined);
  const isNameless = left.includes('username') || left.includes('commonName');
  return [...left, 'former', ...(isNameless ? (['identity'] as const) : []), ...OF_CONTRADICTIONS];
}
