import { type Hash, leafHash } from '../../trail/proof.ts';
import { formatVerifierKey } from '../../trail/signed-note.ts';
import { findSnapshot, SNAPSHOT_NAMES } from '../find-snapshot.ts';
import { hex } from '../hex.ts';
import { QueryProblem } from '../problem.ts';
import { contradiction } from '../proofs/contradiction.ts';
import { proveInclusion } from '../proofs/prove.ts';
import { openSignedLog } from '../proofs/signed-log.ts';
import type { ProofAnswer } from '../schemas/evidence.ts';
import { defineRoute } from './route.ts';

/** `GET /snapshots/{endpointId}/{slot}/proof`: proves that the snapshot is in the signed log. */
export const proofRoute = defineRoute({
  path: '/snapshots/{endpointId}/{slot}/proof',
  summary: 'The proof that a snapshot is in the tree of the newest signed checkpoint (RFC 6962, C2SP tlog-proof)',
  names: SNAPSHOT_NAMES,
  parameters: {},
  hasText: true,
  answerQuestion: async ({ log: reads, ...ports }, { names }) => {
    const { manifest, text } = await findSnapshot({ log: reads, ...ports }, names);
    const { endpointId = '', slot = '' } = names;
    const stored = await reads.readCheckpoint(endpointId);
    if (!stored || slot > stored.slot) throw notSignedYet(stored?.slot);
    const log = openSignedLog(stored);
    const { entry } = manifest;
    if (!(entry >= 0 && entry < log.size)) throw contradiction(`The snapshot of ${slot} is no entry that was signed`);
    const leaf = leafHash(text);
    const path = await proveInclusion(reads, log, { entry, slot, leafHash: leaf });
    const body: ProofAnswer = {
      endpointId,
      slot,
      entry,
      leafHash: hex(leaf),
      size: log.size,
      root: hex(log.root),
      inclusion: path.map(hex),
      checkpoint: log.note,
      verifierKey: formatVerifierKey({ name: log.origin, publicKey: log.publicKey }),
      proof: formatTlogProof(entry, path, log.note),
    };
    return { rows: 1, body, text: body.proof };
  },
});

function notSignedYet(through: string | undefined): QueryProblem {
  const newest = through === undefined ? 'there is no checkpoint yet' : `the newest checkpoint ends with ${through}`;
  return new QueryProblem(
    'not-signed-yet',
    `The snapshot is signed with the next run of the recorder; ${newest}. Ask again then.`,
  );
}

/** The text of a self-contained proof (C2SP tlog-proof, `https://c2sp.org/tlog-proof@v1`). */
function formatTlogProof(index: number, path: readonly Hash[], note: string): string {
  const lines = [
    'c2sp.org/tlog-proof@v1',
    `index ${index}`,
    ...path.map((hash) => Buffer.from(hash).toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${note}`;
}
