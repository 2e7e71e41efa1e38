import type { Manifest } from '../../../lambda/trail/snapshot.ts';
import type { Instant } from '../../../lambda/trail/time.ts';

/** The manifest of a snapshot of a moment in which nobody was connected. */
export function manifestAt(endpointId: string, entry: number, slot: Instant, more: Partial<Manifest> = {}): Manifest {
  return {
    kind: 'snapshot',
    accountId: '123456789012',
    region: 'eu-central-1',
    endpointId,
    entry,
    slot,
    s: slot,
    f: slot,
    epsilonSeconds: 120,
    pages: 1,
    requestIds: [],
    rows: 0,
    connections: 0,
    chunks: [],
    versions: { format: 1, recorder: 'test' },
    ...more,
  };
}
