import { type ConnectionAnswer, connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { readDescribeConnections } from '../ec2-query-protocol/actions.ts';
import { dryRunSucceeded } from '../ec2-query-protocol/ec2-error.ts';
import { pageAnswer } from '../ec2-query-protocol/paging.ts';
import type { Structure } from '../ec2-query-protocol/structure.ts';
import { FILTER_NAMES, passesWildcards, questionOf } from './connection-question.ts';
import { connectionRow } from './connection-row.ts';
import { readToken, writeToken } from './next-token.ts';
import { type Ask, askTrail } from './trail-api.ts';

/** A page that stays short after so many questions, hardly anything passing a wildcard, is given as it is, with its token. */
const MOST_QUESTIONS = 20;

/** What AWS writes for nothing, and so nobody's id. */
const NO_CONNECTION = '-';

interface Answered {
  readonly connections: readonly ConnectionAnswer[];
  readonly cursor?: string | undefined;
}

interface WantedPage {
  readonly cursor: string | undefined;
  /** Connections at most. */
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
  if (dryRun || question === undefined) {
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
): Promise<Answered> {
  const connections: ConnectionAnswer[] = [];
  let cursor = from;
  for (let asked = 0; asked < MOST_QUESTIONS && connections.length < size; asked += 1) {
    const parameters = new URLSearchParams(question);
    parameters.set('limit', String(size - connections.length));
    if (cursor !== undefined) parameters.set('cursor', cursor);
    const answer: Answered = await askTrail(ask, `/connections?${parameters.toString()}`, connectionsAnswer);
    connections.push(...answer.connections.filter(isWanted));
    if (answer.cursor === undefined) return { connections };
    // Clients would walk for ever.
    if (answer.cursor === cursor) throw new Error("The trail's API gave the same cursor twice.");
    cursor = answer.cursor;
  }
  return { connections, cursor };
}
