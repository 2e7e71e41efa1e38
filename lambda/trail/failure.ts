/**
 * Why something was not recorded. These names are stable: they are stored in failure items and gap items, and are
 * the metrics' dimension.
 */
export type FailureReason =
  /** AWS throttled the request until the retries were used up. */
  | 'throttled'
  /** AWS rejected the credentials, or a permission is missing. */
  | 'access-denied'
  /** STS refused the role of the target's account: it is not there, does not trust the recorder, or wants another external id. */
  | 'assume-role'
  /** AWS does not know the endpoint. */
  | 'endpoint-not-found'
  /** Not a valid answer of DescribeClientVpnConnections: an error body, HTML, truncated XML, no list. */
  | 'malformed-answer'
  /** The same NextToken came twice. */
  | 'repeated-token'
  /** No complete answer within the deadline of a call, or of the recording. */
  | 'timeout'
  /** The network connection was refused or closed. */
  | 'network'
  /** Any other error that AWS answered. */
  | 'aws-error'
  /** The list of endpoints failed, so there may be endpoints that were not recorded. */
  | 'endpoint-list'
  /** The store failed: the answer was received, but could not be written or projected. */
  | 'store'
  /** The clocks cannot be right: the slot is far ahead of AWS's time, or a capture ended before it began. */
  | 'clock'
  /** The snapshot is in the log, but its checkpoint could not be signed or archived; the next run does it. */
  | 'checkpoint'
  /** A later slot was committed before this one. Harmless: the newer snapshot has everything this one would have. */
  | 'superseded';

/** What is not done yet after a snapshot or a closing entry is in the log; the next run does it. */
export type Unfinished = 'checkpoint' | 'projection' | 'descriptions' | 'trail-checkpoint';

const NOT_YET: Readonly<Record<Unfinished, string>> = {
  checkpoint: 'signed and archived',
  projection: 'projected',
  descriptions: 'stored',
  'trail-checkpoint': 'signed and archived',
};

/** What belongs to no endpoint is named. */
const SUBJECTS: Readonly<Partial<Record<Unfinished, string>>> = {
  descriptions: 'descriptions ',
  'trail-checkpoint': 'trail checkpoint ',
};

/** What a failure means for the recording, in words. */
export function consequenceOf({ unfinished = [] }: Pick<Failure, 'unfinished'>): string {
  if (unfinished.length === 0) return 'not recorded';
  return `${SUBJECTS[unfinished[0] ?? 'checkpoint'] ?? ''}not ${unfinished.map((part) => NOT_YET[part]).join(', nor ')} yet`;
}

/** One failure, as noted in the trail. */
export interface Failure {
  readonly reason: FailureReason;
  /** A sentence for people; holds no personal data. */
  readonly message: string;
  /** AWS's own error code, where it gave one. */
  readonly awsCode?: string;
  readonly requestId?: string;
  /** Of the list of endpoints: whose it is, so that it explains no gap of another account or Region. */
  readonly accountId?: string;
  readonly region?: string;
  /** Present where the log is written and only this is not: nothing was lost. */
  readonly unfinished?: readonly Unfinished[];
}
