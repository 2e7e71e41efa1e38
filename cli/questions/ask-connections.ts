import { connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import type { AnswerCoverage } from '../../lambda/query/schemas/coverage.ts';
import { endpointsAnswer } from '../../lambda/query/schemas/trail.ts';
import { showInZone } from '../../lambda/trail/time-zone.ts';
import { count } from '../../words/amounts.ts';
import { endpointLabels, type NamedEndpoint, ownedLabels, severalOwners } from '../../words/endpoint-labels.ts';
import type { Api } from '../api/client.ts';
import type { ApiQuestion } from '../api/question.ts';
import type { Inquiry } from '../asking/inquiry.ts';
import { sayCoverage } from '../asking/say-coverage.ts';
import { type Walk, walkPages } from '../asking/walk-pages.ts';
import { EXIT } from '../exit-codes.ts';
import { connectionColumns } from './connection-columns.ts';
import { connectionFields } from './connection-fields.ts';

/** Asks for connections, writes them, and says what the answer may be relied on for. */
export async function askConnections(
  api: Api,
  inquiry: Inquiry,
  { command, question, isAll }: Pick<Walk<never>, 'command' | 'question' | 'isAll'>,
): Promise<void> {
  const { zone, surroundings, format } = inquiry;
  const endpoints = format === 'table' ? askEndpoints(api) : undefined;
  let known: readonly NamedEndpoint[] = [];
  let match: string | undefined;
  let possible = 0;
  const { rows, window, coverage } = await walkPages(
    {
      command,
      question,
      isAll,
      noun: 'connection',
      shape: {
        name: 'connections',
        // They are known only with the first rows.
        get columns() {
          return connectionColumns(zone, endpointLabels(known), severalOwners(known));
        },
        fields: connectionFields(zone),
      },
      ask: async (asked) => {
        const answer = await api.ask(['connections'], asked, connectionsAnswer);
        known = (await endpoints) ?? [];
        match = answer.window.match;
        possible += answer.connections.filter((row) => row.possible).length;
        return { ...answer, rows: answer.connections };
      },
    },
    inquiry,
  );
  if (coverage === undefined) return;
  if (!coverage.complete) surroundings.exit(EXIT.notComplete);
  const notes = [
    ...(rows === 0 ? [nothingFound(question, coverage, zone)] : []),
    ...(possible > 0
      ? [`${count(possible, 'connection')} of these may have been connected then: the end is known only within bounds.`]
      : []),
  ];
  const searched = { ...window, ...(question.at === undefined && match !== undefined ? { match } : {}) };
  sayCoverage(inquiry, coverage, searched, notes, ownedLabels(known));
}

/** Asks what they are called while the first rows are asked for. Without an answer ids do: what keeps it away keeps the rows away too, or is said of them. */
async function askEndpoints(api: Api): Promise<readonly NamedEndpoint[]> {
  try {
    return (await api.ask(['endpoints'], {}, endpointsAnswer)).endpoints;
  } catch {
    // The rows' own question fails too, and says why.
    return [];
  }
}

/** No result over a gap must not look like a proven "nobody". */
function nothingFound({ at, ip }: ApiQuestion, { complete, projectedThrough }: AnswerCoverage, zone: string): string {
  const who = ip === undefined ? 'connected' : [ip].flat().join(' or ');
  if (typeof at !== 'string') {
    return complete ? 'No connection matches.' : 'No connection is known that matches, but the answer is not complete.';
  }
  const now = projectedThrough === undefined ? 'now' : `now, as of ${showInZone(projectedThrough, zone)}`;
  const when = at === 'now' ? now : `at ${showInZone(at, zone)}`;
  if (at === 'now') {
    return complete
      ? `Nobody ${ip === undefined ? 'is connected' : `has ${who}`} ${when}.`
      : `No one is known to ${ip === undefined ? 'be connected' : `have ${who}`} ${when}, but the answer is not complete.`;
  }
  const had = ip === undefined ? 'been connected' : `had ${who}`;
  return complete
    ? `Nobody ${ip === undefined ? 'was connected' : had} ${when}.`
    : `No one is known to have ${had} ${when}, but the answer is not complete.`;
}
