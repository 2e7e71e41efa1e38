import type { ManifestItem } from '../../dynamodb/trail-reads.ts';
import { hasExpired } from '../../trail/snapshot.ts';
import { addSeconds } from '../../trail/time.ts';
import { coverAnswer } from '../answer-coverage.ts';
import { readSlotCursor, writeCursor } from '../cursor.ts';
import { readEndpointStates } from '../endpoint-state.ts';
import { findSnapshot, SNAPSHOT_NAMES } from '../find-snapshot.ts';
import { hex } from '../hex.ts';
import { cursor, endpoint, limit, manifests, since, until } from '../parameters/definitions.ts';
import { wrongParameters } from '../parameters/parse.ts';
import { checkWindow } from '../parameters/window.ts';
import { QueryProblem } from '../problem.ts';
import type { SnapshotsAnswer } from '../schemas/trail.ts';
import { DEFAULT_LIMIT } from './connections.ts';
import { defineRoute } from './route.ts';

type SnapshotSummary = SnapshotsAnswer['snapshots'][number];

/** `GET /snapshots`: the entries of an endpoint's log. */
export const snapshotsRoute = defineRoute({
  path: '/snapshots',
  summary: "The snapshots of an endpoint's log, oldest first",
  parameters: { endpoint: { ...endpoint, required: true as const }, since, until, manifests, limit, cursor },
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
    const all = items.slice(0, rows).map((item) => summarize(item, given.manifests === 'true'));
    const page = fitting(all);
    const last = page.at(-1);
    const next = items.length > page.length && last ? writeCursor(path, search, { before: last.slot }) : undefined;
    return {
      rows: page.length,
      body: {
        endpointId,
        snapshots: page,
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

/**
 * Bytes of manifests in an answer. Lambda's may have 6 MB (Lambda quotas, invocation payload), with everything around
 * them, and with what the characters become when they are JSON in JSON.
 */
const MOST_BYTES = 4_000_000;

/** As many of the snapshots as an answer holds; one at least. */
function fitting(snapshots: readonly SnapshotSummary[]): readonly SnapshotSummary[] {
  let bytes = 0;
  const over = snapshots.findIndex(({ canonical }, index) => {
    bytes += canonical === undefined ? 0 : answeredBytes(canonical);
    return bytes > MOST_BYTES && index > 0;
  });
  return over < 0 ? snapshots : snapshots.slice(0, over);
}

/** Bytes of a text where the JSON that it is in is itself a text of JSON, as Lambda hands it over. */
function answeredBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(text)));
}

function summarize({ manifest, text }: ManifestItem, withManifest: boolean): SnapshotSummary {
  const { slot, entry, kind, s, f, connections, rows, chunks } = manifest;
  const summary = { slot, entry, kind, s, f, connections, rows, chunks: chunks.length };
  return withManifest ? { ...summary, canonical: text } : summary;
}

/** `GET /snapshots/{endpointId}/{slot}`: the manifest, with the bytes that were hashed. */
export const snapshotRoute = defineRoute({
  path: '/snapshots/{endpointId}/{slot}',
  summary: 'The manifest of a snapshot, as it is stored and hashed',
  names: SNAPSHOT_NAMES,
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
  names: { ...SNAPSHOT_NAMES, n: 'From 0' },
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
