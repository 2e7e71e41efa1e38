import { manifestObject, tenDigits } from '../trail/archive.ts';
import { originOf, type StoredCheckpoint } from '../trail/checkpoint.ts';
import type { Failure } from '../trail/failure.ts';
import type { SnapshotLog } from '../trail/ports.ts';
import { appendLeaf, EMPTY_RANGE, leafHash } from '../trail/proof.ts';
import { type Instant, toInstant } from '../trail/time.ts';
import {
  backwardLogs,
  changedLogs,
  type LogState,
  nameOfOrigin,
  readTrailEntry,
  rootBytes,
  sortedStates,
  stateOf,
  type TrailEntry,
  trailEntryText,
  trailNameOf,
} from '../trail/trail-log.ts';
import { untilAborted } from '../until-aborted.ts';
import {
  anchorCheckpoint,
  asCheckpointError,
  type CheckpointPorts,
  checkArchived,
  checkGoesOn,
  disagreement,
  isSigned,
  putSame,
} from './anchor-checkpoint.ts';
import { CheckpointError, toFailure } from './failures.ts';

/** The ports of anchoring the trail's log. */
interface TrailPorts extends CheckpointPorts {
  readonly log: SnapshotLog;
}

/**
 * How often another recorder may come first. With the third read of the log's end, whoever else appends has read the checkpoints after this
 * recording saved its own (ADR 45): more can only lose where another recorder of the same endpoints came in between.
 */
const TRIES = 5;

/**
 * Notes in the trail's log the newest checkpoint of each endpoint's log, if one of them is new, then signs and archives the trail's
 * checkpoint (ADR 36). Like an endpoint's log: the entry is appended in the store, then archived, then signed; every step is
 * idempotent, and what a crash left is completed first.
 *
 * It signs only what goes on from the archive, and names only checkpoints that did so. Where several recorders append at once, each is
 * done when the endpoints that it recorded are named; by whom is all the same.
 *
 * @param recorded the endpoints of this recording
 * @throws CheckpointError
 */
export function anchorTrail(ports: TrailPorts, recorded: readonly string[]): Promise<void> {
  return asCheckpointError('the trail’s checkpoint', anchorNewest(ports, new Set(recorded)));
}

/** The recording's time was up first. */
class TrailLate extends CheckpointError {}

/**
 * {@link anchorTrail} as the last step of a recording, within its time: a failure is noted in the trail, and the next recording
 * goes on. Never throws.
 *
 * @returns the failure; undefined also where a recording that has failed already only had no time left, which is no failure of its own
 */
export async function recordTrail(
  ports: TrailPorts & { readonly now: () => Date },
  slot: Instant,
  run: {
    /** Aborted when the recording's time is over. */
    readonly timeIsUp: AbortSignal;
    /** Whether something else of the recording has failed, and alarms. */
    readonly hasFailed: boolean;
    /** The endpoints of the recording. */
    readonly recorded: readonly string[];
    readonly onError?: ((endpointId: undefined, failure: Failure, error: unknown) => void) | undefined;
  },
): Promise<Failure | undefined> {
  try {
    await before(run.timeIsUp, () => anchorTrail(ports, run.recorded));
    return undefined;
  } catch (error) {
    const failure: Failure = { ...toFailure(error), unfinished: ['trail-checkpoint'] };
    const isConsequence = run.hasFailed && error instanceof TrailLate;
    if (!isConsequence) run.onError?.(undefined, failure, error);
    const note = { ...failure, at: toInstant(ports.now()) };
    await ports.log.noteFailure('#trail', slot, note).catch(() => undefined);
    return isConsequence ? undefined : failure;
  }
}

/** What is still under way when the time is up may end or not: each of its steps is idempotent. */
function before<T>(timeIsUp: AbortSignal, work: () => Promise<T>): Promise<T> {
  const late = () => new TrailLate('the recording’s time was up before the trail’s checkpoint was archived');
  if (timeIsUp.aborted) return Promise.reject(late());
  return untilAborted(work(), timeIsUp, late);
}

async function anchorNewest(ports: TrailPorts, recorded: ReadonlySet<string>): Promise<void> {
  const { log } = ports;
  let lost = false;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { checkpoint, newest } = await log.readTrailEnd();
    const last = newest === undefined ? undefined : parse(newest);
    // Read after the newest entry: checkpoints only grow, so none can be behind it.
    const marks = await log.readCheckpoints();
    const signed = await anchorLeft(ports, marks, checkpoint, last);
    const logs = sortedStates(marks.map(stateOf));
    const named = last?.logs ?? [];
    if (isSame(logs, named) || (lost && areNamed(logs, named, recorded))) return;
    const origin = last?.origin ?? originOf(trailNameOf(await ports.signer.publicKey()));
    const entry: TrailEntry = { kind: 'trail', origin, entry: signed?.size ?? 0, logs };
    await vouchFor(ports, entry, last, marks);
    if (await log.appendTrailEntry(entry.entry, trailEntryText(entry), signed)) {
      await anchorEntry(ports, entry, signed);
      return;
    }
    lost = true;
  }
  throw new CheckpointError(
    `others appended to the trail’s log ${TRIES} times meanwhile; the next run goes on with it`,
  );
}

const isSame = (one: readonly LogState[], other: readonly LogState[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Whether the newest checkpoints of these endpoints are named. */
function areNamed(logs: readonly LogState[], named: readonly LogState[], endpoints: ReadonlySet<string>): boolean {
  const own = logs.filter(({ origin }) => endpoints.has(nameOfOrigin(origin)));
  return own.every((log) => named.some((one) => isSame([one], [log])));
}

/** Completes entries that are stored, and not signed and archived. */
async function anchorLeft(
  ports: TrailPorts,
  marks: readonly StoredCheckpoint[],
  checkpoint: StoredCheckpoint | undefined,
  last: TrailEntry | undefined,
): Promise<StoredCheckpoint | undefined> {
  let signed = checkpoint;
  const size = last ? last.entry + 1 : 0;
  while ((signed?.size ?? 0) < size) {
    const next = signed?.size ?? 0;
    const [before, entry] = await Promise.all([readEntry(ports.log, next - 1), readEntry(ports.log, next)]);
    if (!entry) break;
    await vouchFor(ports, entry, before, marks);
    signed = await anchorEntry(ports, entry, signed);
  }
  if ((signed?.size ?? 0) === size) return signed;
  throw disagreement(`the trail’s log ends with entry ${size - 1}, its checkpoint is of ${signed?.size ?? 0} entries`);
}

async function readEntry(log: SnapshotLog, entry: number): Promise<TrailEntry | undefined> {
  const text = entry < 0 ? undefined : await log.readTrailEntry(entry);
  return text === undefined ? undefined : parse(text);
}

function parse(text: string): TrailEntry {
  const entry = readTrailEntry(text);
  if (entry) return entry;
  throw disagreement('an entry of the trail’s log cannot be read');
}

/** Checks that what an entry says goes on from the entry before, and is what was signed and archived for each log. */
async function vouchFor(
  { archive, signer }: TrailPorts,
  entry: TrailEntry,
  before: TrailEntry | undefined,
  marks: readonly StoredCheckpoint[],
): Promise<void> {
  const found = marks.map(stateOf);
  const [backward] = [...backwardLogs(before?.logs ?? [], entry.logs), ...backwardLogs(entry.logs, found)];
  if (backward) throw disagreement(wordsFor(backward.before, backward.now));
  const publicKey = await signer.publicKey();
  for (const { origin, size, root } of changedLogs(before?.logs ?? [], entry.logs)) {
    const endpointId = nameOfOrigin(origin);
    const mark = marks.find((one) => one.endpointId === endpointId);
    const checkpoint = { origin, size, root: rootBytes(root) };
    if (!mark || isSigned(mark.note, checkpoint, [publicKey])) continue;
    await checkArchived(archive, endpointId, checkpoint, [mark.publicKey, publicKey]);
  }
}

function wordsFor({ origin, size }: LogState, now: LogState | undefined): string {
  const found = now
    ? `the store’s newest checkpoint is ${now.size === size ? 'another one' : `of ${now.size}`}`
    : 'the store has no checkpoint of it';
  return `the trail’s log names ${size} entries of ${nameOfOrigin(origin)}, and ${found}`;
}

async function anchorEntry(
  ports: TrailPorts,
  entry: TrailEntry,
  checkpoint: StoredCheckpoint | undefined,
): Promise<StoredCheckpoint> {
  const [name, text] = [nameOfOrigin(entry.origin), trailEntryText(entry)];
  if (checkpoint) await checkGoesOn(ports.archive, checkpoint);
  await putSame(ports.archive, manifestObject(name, entry.entry), text);
  const range = appendLeaf(checkpoint ?? EMPTY_RANGE, leafHash(text));
  return anchorCheckpoint(ports, { endpointId: name, slot: tenDigits(entry.entry) }, range, checkpoint);
}
