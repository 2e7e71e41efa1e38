import { type Ask, askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { type ConnectionAnswer, connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { type Instant, parseAwsTime, toInstant } from '../../lambda/trail/time.ts';
import { readDescribeConnections } from '../ec2-query-protocol/actions.ts';
import { dryRunSucceeded, invalidToken } from '../ec2-query-protocol/ec2-error.ts';
import { pageAnswer, queryOf } from '../ec2-query-protocol/paging.ts';
import type { Structure } from '../ec2-query-protocol/structure.ts';
import { FILTER_NAMES, passesWildcards, questionOf } from './connection-question.ts';
import { connectionRow } from './connection-row.ts';
import { passesOwners } from './owner-filters.ts';

/** A page that stays short after so many questions, hardly anything passing a wildcard, is given as it is, with its token. */
const MOST_QUESTIONS = 20;

/** What AWS writes for nothing, and so nobody's id. */
const NO_CONNECTION = '-';

interface AnsweredPage {
  readonly connections: readonly ConnectionAnswer[];
  readonly cursor?: string | undefined;
}

interface WantedPage {
  readonly cursor: string | undefined;
  readonly size: number;
  readonly isWanted: (connection: ConnectionAnswer) => boolean;
}

/**
 * DescribeClientVpnConnections from the trail: everything ever recorded of the endpoint, newest established first, unless
 * a filter says when.
 * @throws Ec2Error, TrailRefusal, and Error for an API that answers something else.
 */
export async function describeConnections(parameters: URLSearchParams, ask: Ask, time: Date): Promise<Structure> {
  const { endpointId, filters, maxResults, dryRun } = readDescribeConnections(parameters, FILTER_NAMES);
  const { cursor, now } = readToken(parameters) ?? { cursor: undefined, now: toInstant(time) };
  const question = questionOf(endpointId, filters, now);
  if (dryRun || question === undefined || !(await passesOwners(endpointId, filters, ask))) {
    await askForNothing(endpointId, ask);
    if (dryRun) throw dryRunSucceeded();
    return pageAnswer('connections', { rows: [] });
  }
  const isWanted = (connection: ConnectionAnswer) => passesWildcards(connection, filters);
  const page = await fillPage(question, { cursor, size: maxResults, isWanted }, ask);
  const rows = page.connections.map(connectionRow);
  if (page.cursor === undefined) return pageAnswer('connections', { rows });
  return pageAnswer('connections', { rows, nextToken: writeToken(parameters, { cursor: page.cursor, now }) });
}

/** Finds out whether the question is permitted, and whether the endpoint is recorded. */
async function askForNothing(endpointId: string, ask: Ask): Promise<void> {
  const question = new URLSearchParams({ endpoint: endpointId, connectionId: NO_CONNECTION, limit: '1' });
  await askTrail(ask, `/connections?${question.toString()}`, connectionsAnswer);
}

/** Short answers of the API are put together: tools take a page's size for granted. */
async function fillPage(
  question: URLSearchParams,
  { cursor: from, size, isWanted }: WantedPage,
  ask: Ask,
): Promise<AnsweredPage> {
  const connections: ConnectionAnswer[] = [];
  let cursor = from;
  for (let asked = 0; asked < MOST_QUESTIONS && connections.length < size; asked += 1) {
    const parameters = new URLSearchParams(question);
    parameters.set('limit', String(size - connections.length));
    if (cursor !== undefined) parameters.set('cursor', cursor);
    const answer: AnsweredPage = await askTrail(ask, `/connections?${parameters.toString()}`, connectionsAnswer);
    connections.push(...answer.connections.filter(isWanted));
    if (answer.cursor === undefined) return { connections };
    // Clients would walk for ever.
    if (answer.cursor === cursor) throw new Error("The trail's API gave the same cursor twice.");
    cursor = answer.cursor;
  }
  return { connections, cursor };
}

/** Where a walk goes on. */
interface WalkedPlace {
  /** The cursor of the trail's API. */
  readonly cursor: string;
  /** When the walk began: what its relative times count from on every page. */
  readonly now: Instant;
}

/** The token for the page at a place, bound to its request. Nothing is kept between two pages. */
function writeToken(parameters: URLSearchParams, { cursor, now }: WalkedPlace): string {
  return Buffer.from(['v1', queryOf(parameters), now, cursor].join('\n'), 'utf8').toString('base64url');
}

/**
 * The place that the request's NextToken names; undefined for the first page.
 * @throws Ec2Error InvalidParameterValue for a token that is none of ours or was given out for another request.
 */
function readToken(parameters: URLSearchParams): WalkedPlace | undefined {
  const token = parameters.get('NextToken');
  if (token === null) return undefined;
  const [version, query, now = '', cursor = '', ...more] = Buffer.from(token, 'base64url').toString('utf8').split('\n');
  const isOurs = version === 'v1' && parseAwsTime(now) === now && more.length === 0;
  if (!isOurs || query !== queryOf(parameters)) throw invalidToken(token);
  return { cursor, now };
}
