import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { OPTIONS } from '../trail.ts';

/** Seconds since 1970; a Thursday afternoon. */
export const NOW = Date.UTC(2026, 10, 19, 14, 7) / 1000;
const INTERVAL_SECONDS = OPTIONS.INTERVAL_MINUTES * 60;
/** A capture begins and is over so many seconds after its slot. */
const BEGUN = 2;
const OVER = 4;
/** The recorder was down for 30 hours: the last slot before, the first one after. */
export const OUTAGE = {
  before: Date.UTC(2026, 9, 13, 6) / 1000,
  after: Date.UTC(2026, 9, 14, 12) / 1000,
} as const;
export const NEWEST = Math.floor(NOW / INTERVAL_SECONDS) * INTERVAL_SECONDS;

/** What a manifest says beside what was captured; all that a fold needs of it. */
export type Entry = Omit<Manifest, 'kind' | 'pages' | 'requestIds' | 'rows' | 'connections' | 'chunks' | 'versions'>;

/** A log with a snapshot every five minutes since its first slot, but for the outage. */
export interface Recording {
  /** The first slot, seconds since 1970. */
  readonly first: number;
}

export const begunAt = (slot: number): number => slot + BEGUN;

/** The first slot whose snapshot is begun at an instant or later; undefined where there is none yet. */
export function slotFrom({ first }: Recording, instant: number): number | undefined {
  const next = Math.max(first, Math.ceil((instant - BEGUN) / INTERVAL_SECONDS) * INTERVAL_SECONDS);
  const slot = next > OUTAGE.before && next < OUTAGE.after ? OUTAGE.after : next;
  return slot <= NEWEST ? slot : undefined;
}

/** The entry of an endpoint's log at a slot. */
export function entryAt(recording: Recording, endpointId: string, slot: number): Entry {
  const previous = previousSlot(recording, slot);
  return {
    accountId: '123456789012',
    region: OPTIONS.REGION,
    endpointId,
    entry: numberOf(recording, slot),
    slot: instantOf(slot),
    ...(previous === undefined ? {} : { previousSlot: instantOf(previous), previousS: instantOf(begunAt(previous)) }),
    s: instantOf(begunAt(slot)),
    f: instantOf(slot + OVER),
    epsilonSeconds: OPTIONS.EPSILON_SECONDS,
  };
}

function previousSlot({ first }: Recording, slot: number): number | undefined {
  if (slot === first) return undefined;
  return slot === OUTAGE.after ? OUTAGE.before : slot - INTERVAL_SECONDS;
}

function numberOf({ first }: Recording, slot: number): number {
  const missed =
    first < OUTAGE.before && slot >= OUTAGE.after ? (OUTAGE.after - OUTAGE.before) / INTERVAL_SECONDS - 1 : 0;
  return (slot - first) / INTERVAL_SECONDS - missed;
}

/** The instant of so many seconds since 1970. */
export const instantOf = (seconds: number): string => toInstant(seconds * 1000);

/** The last slot at or before an instant, whether or not it was recorded. */
export const slotBefore = (instant: number): number => Math.floor(instant / INTERVAL_SECONDS) * INTERVAL_SECONDS;
