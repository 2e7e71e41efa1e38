import type { ManifestItem } from '../../dynamodb/trail-reads.ts';
import type { Connection } from '../../trail/connection.ts';
import { earliestStart, latestEnd } from '../../trail/misdated.ts';
import { connectionIdOf } from '../../trail/row.ts';
import { hasExpired, parseLine } from '../../trail/snapshot.ts';
import { addSeconds, type Instant, later } from '../../trail/time.ts';
import { type AskedWindow, coverAnswer } from '../answer-coverage.ts';
import { toAnswer } from '../connection-answer.ts';
import { readSlotCursor } from '../cursor.ts';
import { type EndpointState, readEndpointStates } from '../endpoint-state.ts';
import { answerList } from '../list-answer.ts';
import { fillFromNewest } from '../newest-snapshot.ts';
import { cursor, limit, since, until } from '../parameters/definitions.ts';
import { shorten } from '../parameters/parse.ts';
import { checkWindow } from '../parameters/window.ts';
import { QueryProblem } from '../problem.ts';
import type { Evidence } from '../schemas/connection.ts';
import { readSightings, sightingIn } from '../sightings.ts';
import { samplesOf, totalsOf } from '../usage.ts';
import { DEFAULT_LIMIT } from './connections.ts';
import { defineRoute, type Question, type RoutePorts } from './route.ts';

const names = { connectionId: 'The ConnectionId, as AWS writes it' };
const pageParameters = { since, until, limit, cursor } as const;

interface Found {
  readonly connection: Connection;
  readonly state: EndpointState;
}

async function findConnection(ports: RoutePorts, connectionId = ''): Promise<Found> {
  const id = connectionIdOf({ connectionId });
  const found = id === '' ? undefined : await ports.reads.readConnection(id);
  if (!found) {
    throw new QueryProblem(
      'connection-not-found',
      `No connection "${shorten(connectionId)}" is recorded, or it has expired; expected an id like cvpn-connection-0123456789abcdef0.`,
    );
  }
  const [state] = await readEndpointStates(ports.reads, { endpoint: [found.endpointId] });
  return { connection: found, state: state ?? { endpointId: found.endpointId } };
}

/** The coverage of the connection's duration within the window; for an open connection, of the proven time. */
function coverConnection(ports: RoutePorts, { connection, state }: Found, asked: AskedWindow = {}) {
  const start = earliestStart(connection);
  const since = later(start, asked.since ?? start);
  const ends = [latestEnd(connection), asked.until].filter((end) => end !== undefined).sort();
  const until = ends[0] && later(since, ends[0]);
  return coverAnswer(ports, [state], { endpoint: [state.endpointId], since, until });
}

/** `GET /connections/{connectionId}`: every field, and the snapshots that prove it. */
export const connectionRoute = defineRoute({
  path: '/connections/{connectionId}',
  summary: 'One connection, with the first and the last snapshot that hold it',
  names,
  parameters: {},
  answerQuestion: async (ports, question) => {
    const found = await findConnection(ports, question.names.connectionId);
    const covered = await coverConnection(ports, found);
    const [connection = found.connection] = await fillFromNewest(
      ports.reads,
      [found.state],
      [found.connection],
      ports.now(),
    );
    const snapshots = await evidenceOf(ports, connection);
    return { rows: 1, body: { connection: toAnswer(connection), snapshots, ...covered } };
  },
});

async function evidenceOf({ reads, now }: RoutePorts, connection: Connection): Promise<Evidence[]> {
  const { endpointId, firstSlot, lastSlot = firstSlot } = connection;
  const slots = [...new Set([firstSlot, lastSlot])];
  const items = await Promise.all(slots.map((slot) => reads.readManifest(endpointId, slot)));
  const places = items
    .flatMap((item) => item ?? [])
    .map(async (item) => {
      if (hasExpired(item.manifest, now())) return { ...placeOf(item), expired: true as const };
      const found = await sightingIn(reads, item.manifest, connection);
      return { ...placeOf(item), ...(found ? { chunk: found.chunk, chunkIndex: found.chunkIndex } : {}) };
    });
  return Promise.all(places);
}

function placeOf({ manifest: { slot, entry, s, f }, leafHash }: ManifestItem) {
  return { slot, entry, s, f, leafHash: Buffer.from(leafHash).toString('hex') };
}

/** `GET /connections/{connectionId}/history`: the row of each snapshot, as AWS gave it. */
export const historyRoute = defineRoute({
  path: '/connections/{connectionId}/history',
  summary: 'Each sighting of a connection: its rows, as AWS gave them',
  names,
  parameters: pageParameters,
  answerQuestion: async (ports, question) => {
    const { page, listed } = await sightingsOf(ports, question, 0);
    const sightings = page.sightings.flatMap(({ manifest: { slot, entry, s, f }, chunk, lines }) =>
      lines.map((line) => ({ slot, entry, s, f, chunk, row: parseLine(line) })),
    );
    return listed('sightings', sightings, () => ({}));
  },
});

/** `GET /connections/{connectionId}/usage`: the counters over time. */
export const usageRoute = defineRoute({
  path: '/connections/{connectionId}/usage',
  summary: 'Bytes and packets of a connection over time, sampled at each snapshot',
  names,
  parameters: pageParameters,
  answerQuestion: async (ports, question) => {
    const { page, listed, repeatedSlot } = await sightingsOf(ports, question, 1);
    const all = samplesOf(page.sightings, ports.settings.INTERVAL_MINUTES);
    // The first snapshot of a later page is the last of the page before, as the base of the next difference.
    const samples = all.filter(({ slot }) => slot !== repeatedSlot);
    return listed('samples', samples, (given) => ({ totals: totalsOf(given.length > 0 ? given : all) }));
  },
});

/** @param repeated how many snapshots of the page before are read again */
async function sightingsOf(ports: RoutePorts, question: Question<typeof pageParameters>, repeated: 0 | 1) {
  const { given, path, search } = question;
  checkWindow(given.since, given.until);
  const place = given.cursor === undefined ? undefined : readSlotCursor(path, search, given.cursor);
  const found = await findConnection(ports, question.names.connectionId);
  const covered = await coverConnection(ports, found, given);
  const page = await readSightings(
    ports.reads,
    found.connection,
    found.state,
    {
      since: given.since,
      until: given.until,
      from: place && (repeated ? place.before : addSeconds(place.before, 1)),
      limit: (given.limit ?? DEFAULT_LIMIT) + (place ? repeated : 0),
    },
    ports.now(),
  );
  const { connectionId, endpointId } = found.connection;
  const listed = <Row extends { readonly slot: Instant }>(
    name: string,
    rows: readonly Row[],
    more: (rows: readonly Row[]) => Readonly<Record<string, unknown>>,
  ) =>
    answerList(question, {
      name,
      rows,
      placeOf: ({ slot }) => slot,
      before: page.last,
      rest: (given) => {
        // Where the answer ends sooner, the next one tells of the later ones.
        const end = given.length < rows.length ? (given.at(-1)?.slot ?? '') : '~';
        const expired = page.expired.filter((slot) => slot <= end).length;
        return { connectionId, endpointId, ...more(given), ...(expired > 0 ? { expired } : {}), ...covered };
      },
    });
  return { page, listed, repeatedSlot: place?.before };
}
