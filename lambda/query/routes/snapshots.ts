import type { ManifestItem } from '../../dynamodb/trail-reads.ts';
import { addSeconds, parseAwsTime } from '../../trail/time.ts';
import { coverAnswer } from '../answer-coverage.ts';
import { readSlotCursor, writeCursor } from '../cursor.ts';
import { readEndpointStates } from '../endpoint-state.ts';
import { hasExpired } from '../newest-snapshot.ts';
import { cursor, endpoint, limit, since, until } from '../parameters/definitions.ts';
import { wrongParameters } from '../parameters/parse.ts';
import { checkWindow } from '../parameters/window.ts';
import { QueryProblem } from '../problem.ts';
import { DEFAULT_LIMIT } from './connections.ts';
import { defineRoute, type RoutePorts } from './route.ts';

const names = { endpointId: 'The Client VPN endpoint', slot: 'The scheduled moment, like 2026-11-22T14:05:00Z' };

/** `GET /snapshots`: the entries of an endpoint's log. */
export const snapshotsRoute = defineRoute({
  path: '/snapshots',
  summary: "The snapshots of an endpoint's log, oldest first",
  parameters: { endpoint: { ...endpoint, required: true as const }, since, until, limit, cursor },
  answerQuestion: async (ports, { given, path, search }) => {
    const endpointId = given.endpoint;
    if (endpointId === undefined) {
      throw wrongParameters([{ parameter: 'endpoint', expected: `${endpoint.expected}: a log is an endpoint's` }]);
    }
    checkWindow(given.since, given.until);
    const place = given.cursor === undefined ? undefined : readSlotCursor(path, search, given.cursor);
    const states = await readEndpointStates(ports.reads, [endpointId]);
    const { coverage } = await coverAnswer(ports, states, given);
    const rows = given.limit ?? DEFAULT_LIMIT;
    const from = place ? addSeconds(place.before, 1) : (given.since ?? ' ');
    const to = given.until ?? '~';
    const items = from > to ? [] : await ports.reads.readManifests(endpointId, from, to, rows + 1);
    const page = items.slice(0, rows);
    const last = page.at(-1);
    const next = items.length > rows && last ? writeCursor(path, search, { before: last.manifest.slot }) : undefined;
    return {
      rows: page.length,
      body: {
        endpointId,
        snapshots: page.map(summarize),
        window: {
          ...(given.since === undefined ? {} : { since: given.since }),
          ...(given.until === undefined ? {} : { until: given.until }),
        },
        coverage,
        ...(next === undefined ? {} : { cursor: next }),
      },
    };
  },
});

function summarize({ manifest: { slot, entry, kind, s, f, connections, rows, chunks } }: ManifestItem) {
  return { slot, entry, kind, s, f, connections, rows, chunks: chunks.length };
}

async function findSnapshot(
  { reads }: RoutePorts,
  { endpointId = '', slot = '' }: Readonly<Record<string, string>>,
): Promise<ManifestItem> {
  const isSlot = parseAwsTime(slot) === slot;
  const item = isSlot && /^[\w-]{1,64}$/.test(endpointId) ? await reads.readManifest(endpointId, slot) : undefined;
  if (item) return item;
  throw new QueryProblem(
    'snapshot-not-found',
    'No snapshot is recorded at this address; expected /snapshots/{endpointId}/{slot} of GET /snapshots.',
  );
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** `GET /snapshots/{endpointId}/{slot}`: the manifest, with the bytes that were hashed. */
export const snapshotRoute = defineRoute({
  path: '/snapshots/{endpointId}/{slot}',
  summary: 'The manifest of a snapshot, as it is stored and hashed',
  names,
  parameters: {},
  answerQuestion: async (ports, question) => {
    const { manifest, text, leafHash, root } = await findSnapshot(ports, question.names);
    return {
      rows: 1,
      body: { manifest: { ...manifest }, canonical: text, leafHash: hex(leafHash), root: hex(root) },
    };
  },
});

/** `GET /snapshots/{endpointId}/{slot}/chunks/{n}`: a chunk, as it is stored. */
export const chunkRoute = defineRoute({
  path: '/snapshots/{endpointId}/{slot}/chunks/{n}',
  summary: 'A chunk as it is stored: gzip of newline-delimited JSON, the rows as AWS gave them',
  names: { ...names, n: 'From 0' },
  parameters: {},
  answerQuestion: async (ports, question) => {
    const { manifest } = await findSnapshot(ports, question.names);
    const { n = '' } = question.names;
    const reference = /^\d{1,4}$/.test(n) ? manifest.chunks[Number(n)] : undefined;
    if (!reference) {
      const there = manifest.chunks.length;
      throw new QueryProblem('snapshot-not-found', `The snapshot has ${there} chunks, numbered from 0.`);
    }
    if (hasExpired(manifest, ports.now())) {
      throw new QueryProblem('snapshot-not-found', "The chunk has expired under the trail's retention.");
    }
    const bytes = await ports.reads.readChunk(manifest.endpointId, reference);
    if (!bytes) throw new Error(`chunk ${reference.sha256} of ${manifest.endpointId} is missing`);
    return { rows: reference.rows, body: bytes };
  },
});
