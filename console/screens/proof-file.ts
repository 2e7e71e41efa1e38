import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { proofAnswer } from '../../lambda/query/schemas/evidence.ts';
import { snapshotAnswer } from '../../lambda/query/schemas/trail.ts';
import { linkTo, type ScreenQuestion } from '../question.ts';
import { leadTo, type Screen } from '../screen.ts';

/** The address of a file that proves a snapshot: `proof.txt`, `manifest.json` or `chunk-N.ndjson.gz`. */
export function filePath(endpointId: string, slot: string, name: string): string {
  return `/ui/snapshots/${encodeURIComponent(endpointId)}/${slot}/${name}`;
}

/**
 * `/ui/snapshots/{endpointId}/{slot}/{file}`: what proves a snapshot, as files that tools take: the proof as C2SP tlog-proof, the
 * manifest's bytes as they were hashed, a chunk as it is stored.
 */
export const proofFileScreen: Screen = {
  path: '/ui/snapshots/{endpointId}/{slot}/{file}',
  section: 'Connections',
  show: async ({ ask }, question) => {
    const { endpointId = '', slot = '', file = '' } = question.names;
    const path = `/snapshots/${encodeURIComponent(endpointId)}/${encodeURIComponent(slot)}`;
    if (file === 'proof.txt') {
      const { proof } = await askTrail(ask, `${path}/proof`, proofAnswer);
      return download(question, proof, 'text/plain; charset=utf-8');
    }
    if (file === 'manifest.json') {
      const { canonical } = await askTrail(ask, path, snapshotAnswer);
      return download(question, canonical, 'application/json');
    }
    const [, chunk] = /^chunk-(\d{1,4})\.ndjson\.gz$/.exec(file) ?? [];
    if (chunk === undefined) return leadTo(linkTo(question, '/ui/connections'));
    const answer = await ask(`${path}/chunks/${chunk}`);
    return answer.ok ? download(question, await answer.arrayBuffer(), 'application/gzip') : answer;
  },
};

/** Under a name that says which snapshot it is of. */
function download({ names }: ScreenQuestion, content: string | ArrayBuffer, type: string): Response {
  const name = `${names.endpointId}-${names.slot}-${names.file}`.replaceAll(/[^\w.-]/g, '');
  return new Response(content, {
    headers: { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` },
  });
}
