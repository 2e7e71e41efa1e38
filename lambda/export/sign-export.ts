import { coverAnswer } from '../query/answer-coverage.ts';
import { coverEndpoints } from '../query/cover-endpoints.ts';
import { type EndpointState, readEndpointStates } from '../query/endpoint-state.ts';
import type { RoutePorts } from '../query/routes/route.ts';
import type { AnswerCoverage } from '../query/schemas/coverage.ts';
import type { StoredCheckpoint } from '../trail/checkpoint.ts';
import { type ExportManifest, type SignedManifest, signManifest } from '../trail/export-manifest.ts';
import { provenS } from '../trail/log.ts';
import { present } from '../trail/present.ts';
import type { Signer } from '../trail/signed-note.ts';
import { addSeconds, earliest, type Instant, toInstant } from '../trail/time.ts';
import { chooseCheckpoints } from './checkpoints.ts';
import { readQuestion, searchOf } from './read-request.ts';
import type { ExportRequest } from './request.ts';

/**
 * Signs the manifest of an export that the caller has made (ADR 19).
 *
 * The signature states that these files are unaltered since then, that this principal asked at this time, and the
 * window's coverage according to this trail, of which the caller says nothing (ADR 34). The signer has not compared the rows
 * with the log: the included evidence proves that.
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
  const states = await readEndpointStates(ports.reads, asked);
  const endpointIds = states.map(({ endpointId }) => endpointId);
  const stored = await ports.log.readCheckpoints();
  const { window, coverage } = await coverAnswer(ports, states, asked);
  const { since, until } = asked;
  const { assumptions } = await coverEndpoints(ports, { endpoint: endpointIds, since, until });
  const checkpoints = await chooseCheckpoints(stored, ports.signer, endpointIds, request);
  const manifest: ExportManifest = {
    form: 1,
    kind: 'search',
    format,
    files,
    rows,
    question,
    window: { ...window, match: asked.match ?? 'overlap' },
    coverage: await coverSigned(ports, states, stored, { ...coverage, until }),
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

/**
 * The coverage as far as checkpoints are signed: later entries, though they are projected, are not what a signed manifest can rest
 * on.
 */
async function coverSigned(
  { reads }: Pick<RoutePorts, 'reads'>,
  states: readonly EndpointState[],
  stored: readonly StoredCheckpoint[],
  { complete, gaps, until, ...live }: AnswerCoverage & { readonly until: Instant },
): Promise<ExportManifest['coverage']> {
  const limits = await Promise.all(states.map((state) => signedThrough(reads, state, stored)));
  const projectedThrough = earliest([live.projectedThrough, ...limits.map((limit) => limit?.projectedThrough)]);
  const pendingSince = earliest([live.pendingSince, ...limits.map((limit) => limit?.pendingSince)]);
  const isKnown = until <= (pendingSince ?? until) && until <= (projectedThrough ?? until);
  return { complete: complete && isKnown, gaps, ...present({ projectedThrough, pendingSince }) };
}

/** Where the newest checkpoint of a log ends, if it does not cover all entries. */
async function signedThrough(
  reads: RoutePorts['reads'],
  { endpointId, head }: EndpointState,
  stored: readonly StoredCheckpoint[],
): Promise<Pick<AnswerCoverage, 'projectedThrough' | 'pendingSince'> | undefined> {
  const newest = stored.find((one) => one.endpointId === endpointId);
  if (!head || (newest && newest.size > head.entry)) return undefined;
  const last = newest && (await reads.readManifest(endpointId, newest.slot))?.manifest;
  if (!last) return { pendingSince: head.firstSeenAt };
  const s = provenS(last);
  return {
    projectedThrough: last.f,
    pendingSince: s === undefined ? head.firstSeenAt : addSeconds(s, -last.epsilonSeconds),
  };
}
