import { fingerprintOf } from './archive.ts';
import { type CanonicalValue, canonicalJson } from './canonical-json.ts';
import { originOf, type StoredCheckpoint } from './checkpoint.ts';
import { type Hash, rootOf } from './proof.ts';

/** A log's state as the trail's log states it: the three lines of the log's own checkpoint. */
export interface LogState {
  readonly origin: string;
  /** Entries under that checkpoint, at least 1. */
  readonly size: number;
  /** Base64, as in the checkpoint. */
  readonly root: string;
}

/**
 * One entry of the trail's log: the newest checkpoint of each endpoint's log, sorted by origin. It holds no time, as checkpoints do
 * not: the same state gives the same bytes (ADR 36).
 */
export interface TrailEntry {
  readonly kind: 'trail';
  /** The trail's log: the origin of its checkpoints. */
  readonly origin: string;
  /** Place in the trail's log, from 0. */
  readonly entry: number;
  readonly logs: readonly LogState[];
}

/** The name of a trail's log stands where other logs have their endpoint's id: in keys, in the archive, and in the origin. */
export const isTrailName = (name: string): boolean => /^trail-[0-9a-f]{16}$/.test(name);

/** The name of a trail whose first entry is signed with the key. It stays when the key changes. */
export const trailNameOf = (publicKey: Uint8Array): string => `trail-${fingerprintOf(publicKey)}`;

/** What comes after the prefix of an origin: the endpoint's id, or the name of a trail. */
export const nameOfOrigin = (origin: string): string => origin.slice(originOf('').length);

/** The name of the trail whose own log has this origin; undefined for anything else. */
export function trailOf(origin: string): string | undefined {
  const name = nameOfOrigin(origin);
  return origin === originOf(name) && isTrailName(name) ? name : undefined;
}

/** The canonical text of an entry: the data of its leaf. */
export const trailEntryText = (entry: TrailEntry): string => canonicalJson(entry as unknown as CanonicalValue);

/** The log's state under a checkpoint. */
export function stateOf({ endpointId, size, hashes }: StoredCheckpoint): LogState {
  return { origin: originOf(endpointId), size, root: base64(rootOf({ size, hashes })) };
}

/** The entry of a text; undefined if it is none in canonical form, with logs in order and hashes for roots. */
export function readTrailEntry(text: string): TrailEntry | undefined {
  try {
    const { kind, origin, entry, logs } = JSON.parse(text) as TrailEntry;
    const read: TrailEntry = {
      kind,
      origin,
      entry,
      logs: logs.map(({ origin, size, root }) => ({ origin, size, root })),
    };
    const isWhole =
      kind === 'trail' &&
      trailOf(origin) !== undefined &&
      Number.isSafeInteger(entry) &&
      entry >= 0 &&
      logs.every((log, index) => isState(log) && (logs[index - 1]?.origin ?? '') < log.origin);
    return isWhole && trailEntryText(read) === text ? read : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of a state's root. */
export const rootBytes = (root: string): Uint8Array => Buffer.from(root, 'base64');

function isState({ origin, size, root }: LogState): boolean {
  const bytes = rootBytes(root);
  const isRoot = bytes.length === 32 && base64(bytes) === root;
  return origin.startsWith(originOf('')) && Number.isSafeInteger(size) && size >= 1 && isRoot;
}

/** A log whose state does not go on from the state before it. */
export interface Backward {
  readonly before: LogState;
  /** Undefined where it is missing. */
  readonly now: LogState | undefined;
}

/** The logs that are missing, have shrunk, or have another root at the same size: none in an honest trail. */
export function backwardLogs(before: readonly LogState[], now: readonly LogState[]): Backward[] {
  const states = new Map(now.map((log) => [log.origin, log]));
  return before.flatMap((log) => {
    const later = states.get(log.origin);
    const goesOn = later && (later.size > log.size || (later.size === log.size && later.root === log.root));
    return goesOn ? [] : [{ before: log, now: later }];
  });
}

/** The logs whose state is not the one before. */
export function changedLogs(before: readonly LogState[], now: readonly LogState[]): LogState[] {
  const states = new Map(before.map((log) => [log.origin, log]));
  return now.filter(({ origin, size, root }) => {
    const earlier = states.get(origin);
    return earlier?.size !== size || earlier.root !== root;
  });
}

/** States in the order of an entry. */
export function sortedStates(states: readonly LogState[]): LogState[] {
  return states.toSorted((one, other) => (one.origin < other.origin ? -1 : 1));
}

const base64 = (hash: Hash): string => Buffer.from(hash).toString('base64');
