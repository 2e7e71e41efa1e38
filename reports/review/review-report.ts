import type { Instant } from '../../lambda/trail/time.ts';
import type { ReportFrame, ReportQuestion } from '../trail.ts';
import type { ListedPerson } from './people-list.ts';

export interface ReviewQuestion extends ReportQuestion {
  /** Those who may connect. */
  readonly people?: readonly ListedPerson[] | undefined;
}

/**
 * What a list says of an identity, and the trail of somebody on the list. `not-seen`: no connection is known, but in a gap there may have
 * been one. `possible`: one may have been connected in the window.
 */
export type ReviewVerdict = 'on-the-list' | 'not-on-the-list' | 'never-connected' | 'not-seen' | 'possible';

/** An identity that connected, or one of the list that did not. */
export interface ReviewRow {
  /** As AWS last wrote it, or as the list does; absent for connections whose user AWS did not name. */
  readonly user?: string;
  /** With a list of people. */
  readonly verdict?: ReviewVerdict;
  readonly connections: number;
  /** Of these so many only may have been connected in the window. */
  readonly possible?: number;
  /** How long they were connected in the window, one connection after the other. */
  readonly seconds: number;
  /** The first and the last moment in the window at which one was connected; absent where that is only possible. */
  readonly firstSeenAt?: Instant;
  readonly lastSeenAt?: Instant;
  readonly endpointIds: readonly string[];
  /** The newest first, as many as {@link MOST_ADDRESSES}. */
  readonly addresses: readonly string[];
  /** There were more addresses. */
  readonly moreAddresses?: true;
  /** Common names other than the user's name. */
  readonly commonNames?: readonly string[];
}

/** Who connected, for a review of who may. Identities that are not on the list come first, then those who never connected. */
export interface ReviewReport extends ReportFrame {
  readonly rows: readonly ReviewRow[];
  /** How many rows there are of each verdict. */
  readonly verdicts: Readonly<Partial<Record<ReviewVerdict, number>>>;
  /** People on the list. */
  readonly listed?: number;
}

/** So many addresses and common names of an identity are kept. */
export const MOST_ADDRESSES = 50;
