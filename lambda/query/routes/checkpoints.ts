import { isTrailName } from '../../trail/trail-log.ts';
import { readEndpointStates } from '../endpoint-state.ts';
import { ENDPOINT_KEY, SNAPSHOT_NAMES } from '../find-snapshot.ts';
import { hex } from '../hex.ts';
import { size } from '../parameters/definitions.ts';
import { wrongParameters } from '../parameters/parse.ts';
import { QueryProblem } from '../problem.ts';
import { BeginningProofs } from '../proofs/prove.ts';
import { checkpointMembers, openSignedLog, type SignedLog } from '../proofs/signed-log.ts';
import type { CheckpointAnswer } from '../schemas/evidence.ts';
import { defineRoute, type RoutePorts } from './route.ts';

const parameters = {
  from: { ...size, description: 'Adds the proof that the log goes on from its first so many entries' },
  range: { ...size, description: 'Adds the compact range of the first so many entries' },
};

interface AskedSizes {
  readonly from: number | undefined;
  readonly range: number | undefined;
}

/** `GET /checkpoints/{endpointId}`: the newest signed checkpoint of a log. */
export const checkpointRoute = defineRoute({
  path: '/checkpoints/{endpointId}',
  summary: "The newest signed checkpoint of an endpoint's log (C2SP tlog-checkpoint)",
  names: { endpointId: SNAPSHOT_NAMES.endpointId },
  parameters,
  hasText: true,
  answerQuestion: async (ports, { names, given: { from, range } }) => {
    const log = await findSignedLog(ports, names.endpointId ?? '');
    const asked = { from, range };
    checkSizes(log, asked);
    const body: CheckpointAnswer = {
      endpointId: log.endpointId,
      origin: log.origin,
      size: log.size,
      slot: log.slot,
      ...checkpointMembers(log),
      ...(await proveAsked(ports, log, asked)),
    };
    return { rows: 1, body, text: log.note };
  },
});

async function findSignedLog({ log, reads }: RoutePorts, endpointId: string): Promise<SignedLog> {
  // The trail's own log is no endpoint's.
  const isKey = ENDPOINT_KEY.test(endpointId) && !isTrailName(endpointId);
  const stored = isKey ? await log.readCheckpoint(endpointId) : undefined;
  if (stored) return openSignedLog(stored);
  await readEndpointStates(reads, { endpoint: [endpointId] });
  throw new QueryProblem(
    'not-signed-yet',
    `The log of ${endpointId} has no checkpoint yet; its entries are signed with the next run of the recorder.`,
  );
}

/** Entries that are not signed yet cannot be proven. */
function checkSizes({ size: most }: SignedLog, asked: AskedSizes): void {
  const errors = Object.entries(asked)
    .filter(([, given]) => given !== undefined && given > most)
    .map(([parameter, given]) => ({
      parameter,
      given: String(given),
      expected: `a number of entries up to ${most}, which the newest checkpoint covers`,
    }));
  if (errors.length > 0) throw wrongParameters(errors);
}

async function proveAsked(
  { log: reads }: RoutePorts,
  log: SignedLog,
  { from, range }: AskedSizes,
): Promise<Pick<CheckpointAnswer, 'consistency' | 'compactRange'>> {
  if (from === undefined && range === undefined) return {};
  const proofs = await BeginningProofs.open(reads, log);
  const [consistency, compactRange] = await Promise.all([
    from === undefined ? undefined : proofs.proveConsistency(from),
    range === undefined ? undefined : proofs.proveRange(range),
  ]);
  return {
    ...(from === undefined || !consistency ? {} : { consistency: { from, hashes: consistency.map(hex) } }),
    ...(range === undefined || !compactRange ? {} : { compactRange: { size: range, hashes: compactRange.map(hex) } }),
  };
}
