import { inclusionProof, verifyInclusion } from '../../trail/merkle-proofs.ts';
import { readTrailEntry } from '../../trail/trail-log.ts';
import { hex } from '../hex.ts';
import { QueryProblem } from '../problem.ts';
import { contradiction } from '../proofs/contradiction.ts';
import { checkpointMembers, openSignedLog } from '../proofs/signed-log.ts';
import { treeNodes } from '../proofs/tree-nodes.ts';
import type { TrailCheckpointAnswer } from '../schemas/evidence.ts';
import { defineRoute, type RoutePorts } from './route.ts';

/** `GET /checkpoints/trail`: the newest signed checkpoint of the trail's own log, with the entry that names all logs (ADR 36). */
export const trailCheckpointRoute = defineRoute({
  path: '/checkpoints/trail',
  summary:
    "The newest signed checkpoint of the trail's own log, which covers all logs: the one to keep (C2SP tlog-checkpoint)",
  parameters: {},
  hasText: true,
  answerQuestion: async ({ log: reads }) => {
    const stored = await reads.readTrailCheckpoint();
    if (!stored) {
      throw new QueryProblem(
        'not-signed-yet',
        'The trail’s own log has no checkpoint yet; the next recording signs it.',
      );
    }
    const log = openSignedLog(stored);
    const last = log.size - 1;
    const { text, leafHash } = await findEntry(reads, last);
    const entry = readTrailEntry(text);
    if (entry?.entry !== last || entry.origin !== log.origin) throw notSigned(last);
    const source = {
      find: (number: number) => findEntry(reads, number),
      readLeafHashes: async () => {
        throw contradiction('An entry of the trail’s own log lacks its nodes');
      },
    };
    const inclusion = await inclusionProof(last, log.size, treeNodes(source, log));
    if (!verifyInclusion(leafHash, last, log.size, inclusion, log.root)) throw notSigned(last);
    const body: TrailCheckpointAnswer = {
      trail: log.endpointId,
      origin: log.origin,
      size: log.size,
      ...checkpointMembers(log),
      entry: text,
      inclusion: inclusion.map(hex),
    };
    return { rows: 1, body, text: log.note };
  },
});

async function findEntry(reads: RoutePorts['log'], entry: number) {
  const found = await reads.readTrailEntry(entry);
  if (found) return found;
  throw contradiction(`Entry ${entry} of the trail’s own log is missing`);
}

const notSigned = (entry: number): QueryProblem =>
  contradiction(`Entry ${entry} of the trail’s own log is not the one that was signed`);
