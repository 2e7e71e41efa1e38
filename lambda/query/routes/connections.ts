import { asksForOwner } from '../../trail/owner.ts';
import { coverAnswer } from '../answer-coverage.ts';
import { connectedNow } from '../connected-now.ts';
import { toAnswer } from '../connection-answer.ts';
import { type Place, readCursor } from '../cursor.ts';
import { type EndpointState, readEndpointStates } from '../endpoint-state.ts';
import { answerList } from '../list-answer.ts';
import { fillFromNewest } from '../newest-snapshot.ts';
import { connectionsParameters } from '../parameters/definitions.ts';
import { wrongParameters } from '../parameters/parse.ts';
import { windowErrors } from '../parameters/window.ts';
import { QueryProblem } from '../problem.ts';
import type { Filters } from '../search/matching.ts';
import { search } from '../search/search.ts';
import { startOf } from '../search/walk.ts';
import { type Answered, defineRoute, type Question, type RoutePorts } from './route.ts';

/** Default number of rows in an answer. */
export const DEFAULT_LIMIT = 100;

type ConnectionsQuestion = Question<typeof connectionsParameters>;

/** `GET /connections`: the connections that match filters and a window. */
export const connectionsRoute = defineRoute({
  path: '/connections',
  summary: 'Connections: of a person, an address, an endpoint; at an instant or in a window',
  parameters: connectionsParameters,
  answerQuestion: async (ports, question) => {
    checkTogether(question);
    const { given, search, path } = question;
    const place = given.cursor === undefined ? undefined : readCursor(path, search, given.cursor);
    const states = await readEndpointStates(ports.reads, given);
    return given.at === 'now'
      ? answerNow(ports, question, states, place)
      : answerWindow(ports, question, states, place);
  },
});

/** Those by account and Region have become endpoints: a connection is its endpoint's, whatever was known of it when it was first seen. */
function filtersOf(given: ConnectionsQuestion['given'], states: readonly EndpointState[]): Filters {
  return asksForOwner(given) ? { ...given, endpoint: states.map(({ endpointId }) => endpointId) } : given;
}

/** Checks that involve several parameters. */
function checkTogether({ given: { since, until, at, match } }: ConnectionsQuestion): void {
  const errors = windowErrors(since, until);
  if (at !== undefined && (since !== undefined || until !== undefined)) {
    errors.push({ parameter: 'at', given: at, expected: 'no since and until beside it: it is an instant' });
  }
  if (at !== undefined && match !== undefined && match !== 'overlap') {
    errors.push({ parameter: 'match', given: match, expected: 'overlap, or nothing, beside at' });
  }
  if (errors.length > 0) throw wrongParameters(errors);
}

async function answerWindow(
  ports: RoutePorts,
  question: ConnectionsQuestion,
  states: readonly EndpointState[],
  place: Place | undefined,
): Promise<Answered> {
  const { given } = question;
  const outdated = states.find(({ watermark }) => watermark?.isOutdated);
  if (outdated) throw connectionsOutdated(outdated);
  const { since = given.at, until = given.at, match = 'overlap', limit = DEFAULT_LIMIT } = given;
  // Coverage first, so that everything it covers was written before the index is read.
  const { window, coverage } = await coverAnswer(ports, states, { ...given, since, until });
  const { matches, before } = await search(ports.reads, {
    filters: filtersOf(given, states),
    window: { since, until, match },
    states,
    epsilonSeconds: ports.settings.EPSILON_SECONDS,
    limit,
    before: place?.before,
  });
  const connections = await fillFromNewest(
    ports.reads,
    states,
    matches.map(({ connection }) => connection),
    ports.now(),
  );
  return answerList(question, {
    name: 'connections',
    rows: connections.map((connection, index) => toAnswer(connection, matches[index]?.possible)),
    placeOf: startOf,
    before,
    rest: () => ({ window: { ...window, match }, coverage }),
  });
}

function connectionsOutdated({ endpointId }: EndpointState): QueryProblem {
  return new QueryProblem(
    'connections-outdated',
    `The connections of ${endpointId} were stored by an earlier version, in whose indexes not all can be found; expected a table that cvpn-audit rebuild made of the snapshots.`,
  );
}

async function answerNow(
  ports: RoutePorts,
  question: ConnectionsQuestion,
  states: readonly EndpointState[],
  place: Place | undefined,
): Promise<Answered> {
  const { given } = question;
  const { limit = DEFAULT_LIMIT } = given;
  const { matches, slots, window, coverage } = await connectedNow(
    ports,
    states,
    given,
    filtersOf(given, states),
    place?.slots,
  );
  const left = matches.filter(({ connection }) => place === undefined || startOf(connection) < place.before);
  const page = left.slice(0, limit);
  const last = page.at(-1)?.connection;
  return answerList(question, {
    name: 'connections',
    rows: page.map(({ connection, possible }) => toAnswer(connection, possible)),
    placeOf: startOf,
    before: left.length > limit && last ? startOf(last) : undefined,
    slots,
    rest: () => ({ window: { ...window, match: 'overlap' }, coverage }),
  });
}
