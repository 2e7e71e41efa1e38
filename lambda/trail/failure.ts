/**
 * Why something was not recorded, in words of our own that stay the same over the years: they stand in failure items,
 * in gap items and in the metrics' dimension.
 */
export type FailureReason =
  /** AWS refused because of its rate limit, and went on refusing until the retries were used up. */
  | 'throttled'
  /** AWS refused the permission, or the credentials. */
  | 'access-denied'
  /** AWS does not know the endpoint. */
  | 'endpoint-not-found'
  /** The answer was not what DescribeClientVpnConnections answers: an error body, HTML, XML cut short, no list. */
  | 'malformed-answer'
  /** The same NextToken came twice. */
  | 'repeated-token'
  /** No whole answer within the deadline of a call, or of the recording. */
  | 'timeout'
  /** The connection was refused or cut. */
  | 'network'
  /** Any other error that AWS answered. */
  | 'aws-error'
  /** The list of endpoints could not be had, so that endpoints may exist that nobody asked for. */
  | 'endpoint-list'
  /** The store refused or failed: the answer was had, but could not be written, or not be projected. */
  | 'store'
  /** The snapshot is in the log, but its checkpoint could not be signed or archived; the next run does it. */
  | 'checkpoint'
  /** The slot came after a later one had been committed; what it would see is in the newer snapshot. Harmless. */
  | 'superseded';

/** One failure, as noted in the trail. */
export interface Failure {
  readonly reason: FailureReason;
  /** A sentence for people; holds no personal data. */
  readonly message: string;
  /** AWS's own error code, where it gave one. */
  readonly awsCode?: string;
  readonly requestId?: string;
}
