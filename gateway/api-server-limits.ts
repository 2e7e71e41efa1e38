import { MOST_URL_BYTES } from './api-server-request.ts';

/** What clients can cost a server on this machine at most (ADR 33). Times are in milliseconds. */
export interface ApiServerLimits {
  /** Questions that are answered at a time. */
  readonly atOnce: number;
  /** Questions that are being read, or wait for those; beyond that they are refused. */
  readonly waiting: number;
  /** Connections; beyond that they are closed. */
  readonly sockets: number;
  /** Requests of a connection, which is then closed. */
  readonly requestsPerSocket: number;
  /** Bytes of a request's head. */
  readonly headBytes: number;
  /** For a request's head, and for the whole of it, to arrive. */
  readonly headTime: number;
  readonly requestTime: number;
  /** Between two looks at those. */
  readonly checkingTime: number;
  /** For an answer to be read. */
  readonly answerTime: number;
  /** For answers in progress when the server is closed. */
  readonly closingTime: number;
}

/** The usual limits. */
export const LIMITS: ApiServerLimits = {
  atOnce: 4,
  waiting: 32,
  // A client of the AWS SDK opens up to 50.
  sockets: 100,
  requestsPerSocket: 250,
  // Room for the URL, whose length is checked later, and for AWS's signatures and session tokens.
  headBytes: MOST_URL_BYTES + 32 * 1024,
  headTime: 10_000,
  requestTime: 30_000,
  checkingTime: 5_000,
  answerTime: 30_000,
  closingTime: 2_000,
};
