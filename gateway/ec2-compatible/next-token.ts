import { type Instant, parseAwsTime } from '../../lambda/trail/time.ts';
import { invalidToken } from '../ec2-query-protocol/ec2-error.ts';
import { queryOf } from '../ec2-query-protocol/paging.ts';

/** Where a walk goes on. */
export interface WalkPlace {
  /** The cursor of the trail's API. */
  readonly cursor: string;
  /** When the walk began: what its relative times count from on every page. */
  readonly now: Instant;
}

/** The token for the page at a place, bound to its request. Nothing is kept between two pages. */
export function writeToken(parameters: URLSearchParams, { cursor, now }: WalkPlace): string {
  return Buffer.from(['v1', queryOf(parameters), now, cursor].join('\n'), 'utf8').toString('base64url');
}

/**
 * The place that the request's NextToken names; undefined for the first page.
 * @throws Ec2Error InvalidParameterValue for a token that is none of ours or was given out for another request.
 */
export function readToken(parameters: URLSearchParams): WalkPlace | undefined {
  const token = parameters.get('NextToken');
  if (token === null) return undefined;
  const [version, query, now = '', cursor = '', ...more] = Buffer.from(token, 'base64url').toString('utf8').split('\n');
  const isOurs = version === 'v1' && parseAwsTime(now) === now && more.length === 0;
  if (!isOurs || query !== queryOf(parameters)) throw invalidToken(token);
  return { cursor, now };
}
