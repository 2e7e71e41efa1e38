import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { nameKey } from '../../lambda/trail/name-key.ts';
import { present } from '../../lambda/trail/present.ts';
import { count } from '../../words/amounts.ts';
import { EVER, type Range, secondOf, spanOf, verdictIn } from '../span.ts';
import { personOf, type Stay, staysOf } from '../stays.ts';
import { askEndpoints, type ReportPorts, readConnections } from '../trail.ts';
import { Identity } from './identity.ts';
import { type ListedPerson, peopleByName } from './people-list.ts';
import type { ReviewQuestion, ReviewReport, ReviewRow, ReviewVerdict } from './review-report.ts';

/** Names every identity that connected in the window; with a list also who did not, and who is not on it (ADR 39). */
export async function reportReview(ports: ReportPorts, question: ReviewQuestion): Promise<ReviewReport> {
  const { zone, since, until, people } = question;
  const endpoints = await askEndpoints(ports, question);
  const window: Range = [since ? secondOf(since) : EVER[0], until ? secondOf(until) : EVER[1]];
  const list = people && peopleByName(people);
  const identities = new Map<string, Identity>();
  const seen = new Set<ListedPerson>();
  let isAnyUnnamed = false;
  const add = (connection: ConnectionAnswer) => {
    const span = spanOf(connection, endpoints.known(connection.endpointId));
    const isThere = (stay: Stay) => verdictIn(stay.span, window) !== 'no';
    const parts = staysOf(connection, span).filter(isThere);
    const listed = new Set<string>();
    for (const { who } of parts) {
      const people = keysOf(who).flatMap((name) => list?.get(name) ?? []);
      for (const one of people) seen.add(one);
      if (people.length > 0) listed.add(keysOf(who).join('\n'));
    }
    // One connection counts once for a person, under however many addresses and common names.
    for (const stay of staysOf(connection, span, keyOf).filter(isThere)) {
      const key = keyOf(stay.who);
      isAnyUnnamed ||= key === '';
      const identity = identities.get(key) ?? new Identity(personOf(stay.who)?.name);
      identities.set(key, identity);
      const own = parts.filter(({ who }) => keyOf(who) === key);
      const isListed = own.every(({ who }) => listed.has(keysOf(who).join('\n')));
      identity.add(connection.endpointId, stay, own, { window, isListed });
    }
  };
  const read = await readConnections(ports, question, (page) => {
    for (const connection of page) add(connection);
  });
  const isCertain = read.coverage.complete && !isAnyUnnamed;
  const absent = [...new Set(list?.values() ?? [])]
    .filter((one) => !seen.has(one))
    .map((one) => absentRow(one, isCertain ? 'never-connected' : 'not-seen'));
  const rows = [...[...identities.values()].map((one) => one.row(list !== undefined)), ...absent].sort(inOrder);
  const verdicts: Partial<Record<ReviewVerdict, number>> = {};
  for (const { verdict } of rows) if (verdict) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return {
    zone,
    ...read,
    rows,
    verdicts,
    endpoints: endpoints.named,
    ...present({ listed: list && new Set(list.values()).size }),
    notes: notesOn(rows, question, { isAnyUnnamed, isComplete: read.coverage.complete }),
  };
}

const keyOf = (who: Stay['who']): string => personOf(who)?.key ?? '';

/** Both names: a list may have either. */
const keysOf = (who: Stay['who']): string[] =>
  [who?.username, who?.commonName].flatMap((name) => (name ? nameKey(name) : []));

const absentRow = ({ names }: ListedPerson, verdict: ReviewVerdict): ReviewRow => ({
  ...present({ user: names[0] }),
  verdict,
  connections: 0,
  seconds: 0,
  endpointIds: [],
  addresses: [],
});

const ORDER: Readonly<Record<ReviewVerdict, number>> = {
  'not-on-the-list': 0,
  'never-connected': 1,
  'not-seen': 2,
  possible: 3,
  'on-the-list': 4,
};

/** What a review looks for first; then those who were connected last. */
function inOrder(one: ReviewRow, other: ReviewRow): number {
  const [first, second] = [one, other].map(({ verdict = 'on-the-list' }) => ORDER[verdict]) as [number, number];
  if (first !== second) return first - second;
  const [last = '', otherLast = ''] = [one.lastSeenAt, other.lastSeenAt];
  if (last !== otherLast) return last > otherLast ? -1 : 1;
  return (one.user ?? '') < (other.user ?? '') ? -1 : 1;
}

function notesOn(
  rows: readonly ReviewRow[],
  { people, filters }: ReviewQuestion,
  { isAnyUnnamed, isComplete }: { readonly isAnyUnnamed: boolean; readonly isComplete: boolean },
): string[] {
  const possible = rows.reduce((sum, row) => sum + (row.possible ?? 0), 0);
  const notSeen = rows.filter(({ verdict }) => verdict === 'not-seen').length;
  const why = isComplete ? 'a connection without a name may be theirs' : 'in a gap they may have connected';
  const notes = [
    possible > 0 &&
      `${count(possible, 'connection')} of these may have been connected then: their times are known only within bounds.`,
    isAnyUnnamed && 'AWS did not name the user of some connections: whose they were is not known.',
    notSeen > 0 &&
      `${notSeen.toLocaleString('en')} of the list: no connection is known, but that there was none is not proven: ${why}.`,
    filters?.endpoint !== undefined && 'Only connections to the endpoints that were asked for count.',
    people === undefined && 'With a list of people it also says who never connected, and who is not on the list.',
  ];
  return notes.filter((note) => note !== false);
}
