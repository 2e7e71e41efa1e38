import { coverAnswer } from '../query/answer-coverage.ts';
import { coverEndpoints } from '../query/cover-endpoints.ts';
import { readEndpointStates } from '../query/endpoint-state.ts';
import type { RoutePorts } from '../query/routes/route.ts';
import type { AnswerCoverage } from '../query/schemas/coverage.ts';
import { type ExportManifest, type SignedManifest, signManifest } from '../trail/export-manifest.ts';
import { present } from '../trail/present.ts';
import type { Signer } from '../trail/signed-note.ts';
import { earliest, type Instant, toInstant } from '../trail/time.ts';
import { chooseCheckpoints } from './checkpoints.ts';
import { readQuestion, searchOf } from './read-request.ts';
import type { ExportRequest } from './request.ts';

/**
 * Signs the manifest of an export that the caller has made (ADR 19).
 *
 * The signature states that these files are unaltered since then, that this principal asked at this time, and the
 * window's coverage according to this trail. The signer has not compared the rows with the log: the included evidence
 * proves that.
 *
 * @throws QueryProblem
 */
export async function signExport(
  ports: RoutePorts & { readonly signer: Signer },
  request: ExportRequest,
  principal: string,
): Promise<SignedManifest> {
  const { format, files, rows, evidence, beside, question, exporter } = request;
  const asked = readQuestion(searchOf(request));
  const states = await readEndpointStates(ports.reads, asked.endpoint);
  const endpointIds = states.map(({ endpointId }) => endpointId);
  const { window, coverage } = await coverAnswer(ports, states, asked);
  const { since, until } = asked;
  const { assumptions } = await coverEndpoints(ports, { endpoint: endpointIds, since, until });
  const checkpoints = await chooseCheckpoints(ports, ports.signer, endpointIds, request);
  const manifest: ExportManifest = {
    form: 1,
    kind: 'search',
    format,
    files,
    rows,
    question,
    window: { ...window, match: asked.match ?? 'overlap' },
    coverage: coverageOf(coverage, request, asked.until),
    assumptions,
    checkpoints: checkpoints.map(({ endpointId, note }) => ({ endpointId, note })),
    ...(evidence ? { evidence } : {}),
    ...(beside ? { beside } : {}),
    exportedAt: toInstant(ports.now()),
    exportedBy: principal,
    versions: { exporter },
  };
  return signManifest(manifest, ports.signer);
}

/** Time that was pending when the rows were read may be known now; the rows then lack it. */
function coverageOf(coverage: AnswerCoverage, request: ExportRequest, until: Instant): ExportManifest['coverage'] {
  const pendingSince = earliest([coverage.pendingSince, request.pendingSince]);
  const projectedThrough = earliest([coverage.projectedThrough, request.projectedThrough]);
  return {
    complete: coverage.complete && (pendingSince === undefined || until <= pendingSince),
    gaps: coverage.gaps,
    ...present({ projectedThrough, pendingSince }),
  };
}
