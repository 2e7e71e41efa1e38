import { type Checkpoint, endpointOf, parseCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { isEqual } from '../../lambda/trail/merkle-proofs.ts';
import { appendLeaf, type CompactRange, EMPTY_RANGE, type Hash, rootOf } from '../../lambda/trail/proof.ts';
import { NoteRefused, parseNote } from '../../lambda/trail/signed-note.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { trailOf } from '../../lambda/trail/trail-log.ts';
import type { FaultKind, FaultPlace, Findings } from '../findings.ts';
import type { TrustedKeys } from '../trusted-keys.ts';
import { readCheckpointNote } from './trusted-checkpoint.ts';

/** A checkpoint that somebody kept outside of the trail. */
export interface KeptCheckpoint extends Checkpoint {
  /** The endpoint, or the name of the trail's own log. */
  readonly endpointId: string;
  /** Where it was kept, for people. */
  readonly source: string;
  readonly note: string;
}

/** A kept checkpoint, and whether the log still has what it covers. */
export interface ComparedCheckpoint extends KeptCheckpoint {
  readonly isContained: boolean;
}

/**
 * The checkpoints of a text: signed notes, one after the other, maybe with empty lines between them.
 *
 * @param source where the text is from, for people
 * @throws NoteRefused if it holds anything else, or a checkpoint of something else than an endpoint's log, or a trail's own
 */
export function readKeptCheckpoints(text: string, source: string): KeptCheckpoint[] {
  const notes = `${text.replaceAll('\r\n', '\n').trim()}\n`.split(NEXT_NOTE);
  return notes.map((note) => {
    const checkpoint = parseCheckpoint(parseNote(note).text);
    const endpointId = endpointOf(checkpoint.origin) ?? trailOf(checkpoint.origin);
    if (endpointId !== undefined) return { ...checkpoint, endpointId, source, note };
    throw new NoteRefused(
      'malformed',
      `this is a checkpoint of ${checkpoint.origin}, which is no log of an endpoint, nor of a trail`,
    );
  });
}

/** Behind the signatures of a note, which begin with a dash, and before a line that does not. */
const NEXT_NOTE = /(?<=\n— [^\n]+\n)\n*(?!\n|— |$)/;

/** The log that kept checkpoints are compared with. */
interface PresentLog {
  readonly manifests: readonly Pick<Manifest, 'entry'>[];
  readonly leaves: readonly Hash[];
}

/**
 * Whether a log still contains what kept checkpoints of it cover: its first entries must give the same root. If not, the trail was
 * put back to an older copy, or its history was written anew; a signature on it does not help.
 *
 * @param kept those of this log; an auditor may have one of each day
 * @param log undefined if there is no such log
 * @param place where the log was read
 */
export function compareKept(
  kept: readonly KeptCheckpoint[],
  log: PresentLog = { manifests: [], leaves: [] },
  keys: TrustedKeys,
  place: FaultPlace,
  findings: Findings,
): ComparedCheckpoint[] {
  const { manifests, leaves } = log;
  const length = (manifests.at(-1)?.entry ?? -1) + 1;
  const missing = manifests.findIndex(({ entry }, index) => entry !== index);
  const roots = rootsOf(
    leaves,
    kept.map(({ size }) => size),
  );
  return kept.map((one) => {
    const { endpointId, size, source, root, note } = one;
    const what = `The checkpoint of ${size} entries that was kept (${source})`;
    const fault = (kind: FaultKind, message: string) =>
      findings.fault({ kind, place, endpointId, entry: size - 1, message: `${what} ${message}` });
    const reading = readCheckpointNote(note, endpointId, keys);
    if (!reading.checkpoint) fault(reading.refused, `is not to be trusted: ${reading.why}.`);
    const isWhole = missing < 0 || missing >= size;
    const own = roots.get(size);
    const isContained = length >= size && isWhole && own !== undefined && isEqual(own, root);
    if (length === 0) fault('log-removed', 'is of a log that is gone.');
    else if (length < size)
      fault('log-rolled-back', `covers more than the log has: ${length} entries. It was put back to an older copy.`);
    // Entries that are missing were reported already.
    else if (isWhole && !isContained)
      fault(
        'log-rewritten',
        `has another root than the first ${size} entries of the log give: its history was written anew.`,
      );
    return { ...one, isContained };
  });
}

/** The roots of a log's beginnings of these sizes, as far as it reaches; each leaf is hashed once. */
function rootsOf(leaves: readonly Hash[], sizes: readonly number[]): ReadonlyMap<number, Hash> {
  const roots = new Map<number, Hash>();
  let range: CompactRange = EMPTY_RANGE;
  for (const size of [...new Set(sizes)].sort((one, other) => one - other)) {
    if (size > leaves.length) break;
    range = leaves.slice(range.size, size).reduce(appendLeaf, range);
    roots.set(size, rootOf(range));
  }
  return roots;
}
