import type { ExportManifest } from '../../../lambda/trail/export-manifest.ts';
import { gapOf } from '../../../lambda/trail/log.ts';
import type { Manifest } from '../../../lambda/trail/snapshot.ts';
import { addSeconds, earlier, later } from '../../../lambda/trail/time.ts';
import type { Findings } from '../fault.ts';
import type { ExportedLog } from './exported-log.ts';

/** The gaps that a stretch of a log shows within a window must be the ones that the manifest tells of. */
export function verifyExportedCoverage(log: ExportedLog, manifest: ExportManifest, findings: Findings): void {
  const { endpointId, manifests } = log;
  const { since, until } = manifest.window;
  const told = manifest.coverage.gaps.filter((gap) => gap.endpointId === endpointId || gap.endpointId === undefined);
  for (const [index, entry] of manifests.entries()) {
    const gap = gapOf(entry, manifests[index - 1]);
    if (!gap || gap.end < since || gap.start > until) continue;
    const [start, end] = [later(gap.start, since), earlier(gap.end, until)];
    if (told.some((one) => later(one.start, since) <= start && earlier(one.end, until) >= end)) continue;
    const message = `The manifest does not tell of the gap ${start} to ${end}, which follows from the log.`;
    findings.fault({ kind: 'gap-removed', place: 'export', endpointId, slot: entry.slot, message });
  }
  if (manifest.coverage.complete && manifest.coverage.gaps.length > 0) {
    const message = 'The manifest says that the export is complete, and tells of gaps.';
    findings.fault({ kind: 'export-changed', place: 'export', endpointId, message });
  }
  checkReach(log, manifest, findings);
}

/** The stretch must begin before the window and end after it, as far as the log does. */
function checkReach(
  { endpointId, manifests, isNewest }: ExportedLog,
  { window }: ExportManifest,
  findings: Findings,
): void {
  const [first, last] = [manifests[0], manifests.at(-1)];
  if (!first || !last) return;
  const beginsInTime = first.entry === 0 || (first.s <= window.since && first.f <= window.since);
  const endsInTime = isNewest || last.kind === 'closed' || provesUntil(last, window.until);
  if (beginsInTime && endsInTime) return;
  const message = `The evidence reaches from ${first.slot} to ${last.slot}, and not over the window ${window.since} to ${window.until}.`;
  findings.fault({ kind: 'evidence-missing', place: 'export', endpointId, message });
}

/** Whether an entry proves what happened until an instant. */
export function provesUntil({ s, epsilonSeconds }: Manifest, until: string): boolean {
  return addSeconds(s, -epsilonSeconds) >= until;
}
