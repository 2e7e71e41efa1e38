import { wrongParameters } from '../query/parameters/parse.ts';
import type { ParameterError } from '../query/problem.ts';
import { openSignedLog } from '../query/proofs/signed-log.ts';
import { openCheckpoint, originOf, type StoredCheckpoint } from '../trail/checkpoint.ts';
import { NoteRefused, type Signer } from '../trail/signed-note.ts';
import type { ExportRequest } from './request.ts';

type GivenCheckpoint = NonNullable<ExportRequest['checkpoints']>[number];
type GivenRange = NonNullable<ExportRequest['evidence']>[number];

interface ExportCheckpoint {
  readonly endpointId: string;
  readonly note: string;
  readonly size: number;
}

/** So many entries a given checkpoint may be behind the newest, a day at 5 minutes: the log goes on while a large export is proven. */
const MOST_BEHIND = 288;

/**
 * The checkpoint of each endpoint of the export: the given one, if this trail has signed it a short while ago, otherwise the
 * newest. An endpoint without a checkpoint is omitted.
 *
 * @param stored the newest checkpoints
 * @throws QueryProblem for a checkpoint of another trail, or an old one, and for evidence without a checkpoint
 */
export async function chooseCheckpoints(
  stored: readonly StoredCheckpoint[],
  signer: Signer,
  endpointIds: readonly string[],
  request: ExportRequest,
): Promise<ExportCheckpoint[]> {
  const publicKey = await signer.publicKey();
  const given = request.checkpoints ?? [];
  checkEndpoints(given, endpointIds);
  const chosen = endpointIds.flatMap((endpointId): ExportCheckpoint[] => {
    const newest = stored.find((one) => one.endpointId === endpointId);
    const index = given.findIndex((one) => one.endpointId === endpointId);
    const one = given[index];
    if (one) return [{ ...one, size: openGiven(one, index, newest, publicKey) }];
    return newest ? [{ endpointId, note: newest.note, size: openSignedLog(newest).size }] : [];
  });
  if (request.evidence) checkEvidence(request.evidence, given, chosen);
  return chosen;
}

/** Whether it is this trail's: signed by its key, or by the one of the newest checkpoint, which may be an earlier key. */
function openGiven(
  { endpointId, note }: GivenCheckpoint,
  index: number,
  newest: StoredCheckpoint | undefined,
  publicKey: Uint8Array,
): number {
  const keys = [publicKey, ...(newest ? [newest.publicKey] : [])];
  const wrong = (expected: string) => wrongParameters([{ parameter: `checkpoints.${index}.note`, expected }]);
  let size: number;
  try {
    size = openCheckpoint(note, originOf(endpointId), keys).size;
  } catch (error) {
    if (!(error instanceof NoteRefused)) throw error;
    throw wrong(`a checkpoint that this trail has signed (${error.message})`);
  }
  const least = (newest?.size ?? 0) - MOST_BEHIND;
  if (size >= least) return size;
  // An old one would hide what was recorded since.
  throw wrong(`a checkpoint of the newest entries, of ${least} or more; this is one of ${size}`);
}

function checkEndpoints(given: readonly GivenCheckpoint[], endpointIds: readonly string[]): void {
  const errors: ParameterError[] = given.flatMap(({ endpointId }, index) => {
    const isFirst = given.findIndex((one) => one.endpointId === endpointId) === index;
    if (isFirst && endpointIds.includes(endpointId)) return [];
    const expected = `each of the question's endpoints once (${endpointIds.join(', ')})`;
    return [{ parameter: `checkpoints.${index}.endpointId`, given: endpointId, expected }];
  });
  if (errors.length > 0) throw wrongParameters(errors);
}

/** The evidence must belong to the checkpoints that came with it, and include all endpoints that have one. */
function checkEvidence(
  evidence: readonly GivenRange[],
  given: readonly GivenCheckpoint[],
  chosen: readonly ExportCheckpoint[],
): void {
  const errors: ParameterError[] = [];
  for (const [index, { endpointId, first, size }] of evidence.entries()) {
    const parameter = `evidence.${index}`;
    const checkpoint = chosen.find((one) => one.endpointId === endpointId);
    if (!checkpoint || !given.some((one) => one.endpointId === endpointId)) {
      errors.push({ parameter, given: endpointId, expected: 'its checkpoint among those that are given' });
    } else if (first > size || size > checkpoint.size) {
      const expected = `a stretch within the ${checkpoint.size} entries of its checkpoint`;
      errors.push({ parameter, given: `${first} to ${size}`, expected });
    }
  }
  for (const { endpointId } of chosen) {
    const times = evidence.filter((one) => one.endpointId === endpointId).length;
    if (times === 1) continue;
    errors.push({ parameter: 'evidence', expected: `one stretch of the log of ${endpointId}, got ${times}` });
  }
  if (errors.length > 0) throw wrongParameters(errors);
}
