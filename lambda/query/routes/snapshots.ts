import type { ManifestItem } from '../../dynamodb/trail-reads.ts';
import { Unreadable } from '../../trail/judged.ts';
import { hasExpired } from '../../trail/snapshot.ts';
import { missingChunk } from '../../trail/snapshot-reader.ts';
import { addSeconds } from '../../trail/time.ts';
import { coverAnswer } from '../answer-coverage.ts';
import { readSlotCursor } from '../cursor.ts';
import { readEndpointStates } from '../endpoint-state.ts';
import { findSnapshot, SNAPSHOT_NAMES } from '../find-snapshot.ts';
import { hex } from '../hex.ts';
import { answerList } from '../list-answer.ts';
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
  answerQuestion: async (ports, question) => {
    const { given, path, search } = question;
    const endpointId = given.endpoint;
    if (endpointId === undefined) {
      throw wrongParameters([{ parameter: 'endpoint', expected: `${endpoint.expected}: a log is an endpoint's` }]);
    }
    checkWindow(given.since, given.until);
    const place = given.cursor === undefined ? undefined : readSlotCursor(path, search, given.cursor);
    const states = await readEndpointStates(ports.reads, { endpoint: [endpointId] });
    const { coverage } = await coverAnswer(ports, states, { ...given, endpoint: [endpointId] });
    const rows = given.limit ?? DEFAULT_LIMIT;
    const from = place ? addSeconds(place.before, 1) : (given.since ?? ' ');
    const to = given.until ?? '~';
    const items = from > to ? [] : await ports.reads.readManifests(endpointId, from, to, rows + 1);
    const page = items.slice(0, rows).map((item) => summaryOf(item, given.manifests === 'true'));
    const { since, until } = given;
    return answerList(question, {
      name: 'snapshots',
      rows: page,
      placeOf: ({ slot }) => slot,
      before: items.length > page.length ? page.at(-1)?.slot : undefined,
      rest: () => ({
        endpointId,
        window: { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
        coverage,
      }),
    });
  },
});

function summaryOf({ manifest, text }: ManifestItem, withManifest: boolean): SnapshotSummary {
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
    if (!bytes) throw new Unreadable(missingChunk(manifest, reference));
    return { rows: reference.rows, body: bytes };
  },
});
