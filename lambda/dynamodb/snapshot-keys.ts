import { tenDigits } from '../trail/archive.ts';
import type { Instant } from '../trail/time.ts';
import { isTrailName } from '../trail/trail-log.ts';

/** A primary key of the Snapshots table. */
export interface SnapshotKey {
  readonly endpointId: string;
  readonly slot: string;
}

/** The partition that holds a head and a description for each endpoint. */
export const ENDPOINTS = '#endpoints';

export const manifestKey = (endpointId: string, slot: Instant): SnapshotKey => ({ endpointId, slot });

export const chunkKey = (endpointId: string, sha256: string): SnapshotKey => ({
  endpointId: `${endpointId}#${sha256}`,
  slot: 'chunk',
});

/** The partition of an endpoint's gaps. */
export const gapsOf = (endpointId: string): string => `${endpointId}#gaps`;

export const gapKey = (endpointId: string, start: Instant): SnapshotKey => ({
  endpointId: gapsOf(endpointId),
  slot: start,
});

export const headKey = (endpointId: string): SnapshotKey => ({ endpointId: ENDPOINTS, slot: endpointId });

export const descriptionKey = (endpointId: string): SnapshotKey => ({
  endpointId: ENDPOINTS,
  slot: `${endpointId}${DESCRIPTION}`,
});

/** Ends the sort key of a description, beside that of the head. */
export const DESCRIPTION = '#description';

/** The newest checkpoint of an endpoint's log, or, under its name, of the trail's. */
export const checkpointKey = (endpointId: string): SnapshotKey => ({
  endpointId: isTrailName(endpointId) ? TRAIL : '#checkpoints',
  slot: endpointId,
});

/** The partition that holds the trail's log (ADR 36): its entries, and behind them its newest checkpoint. */
export const TRAIL = '#trail';

export const trailEntryKey = (entry: number): SnapshotKey => ({ endpointId: TRAIL, slot: tenDigits(entry) });

/** The partition that says when AWS last listed no endpoint of a target (ADR 45). */
export const TARGETS = '#targets';

export const targetKey = (name: string): SnapshotKey => ({ endpointId: TARGETS, slot: name });

/** The partition of an endpoint's failures, or of those of the list of endpoints. */
export const failuresOf = (endpointId: string | undefined): string => `${endpointId ?? ENDPOINTS}#failures`;

/**
 * Attempts at two slots can fail in the same second; the slot distinguishes them. So can several parts of one attempt: these are
 * numbered, from 1.
 */
export const failureKey = (endpointId: string | undefined, at: Instant, slot: Instant, number = 1): SnapshotKey => ({
  endpointId: failuresOf(endpointId),
  slot: `${at}#${slot}${number === 1 ? '' : `#${number}`}`,
});
