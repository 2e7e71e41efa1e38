import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { addSeconds } from '../../lambda/trail/time.ts';

/**
 * The last entry that all rows of an export have in them, by what its manifest says of the answers it was made of: their states
 * before it are not to be met any more. -1 where that is none.
 */
export function settledEntry(
  manifests: readonly Manifest[],
  { projectedThrough, pendingSince }: ExportManifest['coverage'],
): number {
  const isSettled = ({ s, f, epsilonSeconds }: Manifest) =>
    (projectedThrough === undefined || f <= projectedThrough) &&
    (pendingSince === undefined || addSeconds(s, -epsilonSeconds) <= pendingSince);
  return manifests.findLast(isSettled)?.entry ?? -1;
}
