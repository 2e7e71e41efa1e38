import { surelyListedS } from '../../lambda/trail/clocks.ts';
import { isGapOf, listedSince } from '../../lambda/trail/coverage.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { gapOf, isProof } from '../../lambda/trail/log.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { addSeconds, earlier, earliest, type Instant, later } from '../../lambda/trail/time.ts';
import type { Findings } from '../findings.ts';
import type { ExportedLog } from './exported-log.ts';
import { isOfNow } from './exported-question.ts';

type ToldGap = ExportManifest['coverage']['gaps'][number];

/** The gaps of the included range within the window must be among those of the manifest, for the reasons that were signed with them. */
export function verifyExportedCoverage(log: ExportedLog, manifest: ExportManifest, findings: Findings): void {
  const { endpointId, manifests } = log;
  const { since, until } = manifest.window;
  const told = manifest.coverage.gaps.filter((gap) => isGapOf(gap, endpointId));
  for (const [index, entry] of manifests.entries()) {
    const gap = gapOf(entry, manifests[index - 1]);
    if (!gap || gap.end < since || gap.start > until) continue;
    const [start, end] = [later(gap.start, since), earlier(gap.end, until)];
    const telling = told.filter((one) => later(one.start, since) <= start && earlier(one.end, until) >= end);
    const of = { place: 'export', endpointId, slot: entry.slot } as const;
    if (telling.length === 0) {
      const message = `The manifest does not tell of the gap ${start} to ${end}, which follows from the log.`;
      findings.fault({ kind: 'gap-removed', ...of, message });
    } else if (!telling.some((one) => isBecause(one, gap.end, entry.gapReasons))) {
      const given = telling.map(({ reasons }) => reasons.join(', ')).join('; ');
      const message = `The manifest says of the gap ${start} to ${end} that it is because of ${given}; the log says ${entry.gapReasons?.join(', ')}.`;
      findings.fault({ kind: 'gap-changed', ...of, field: 'coverage.gaps.reasons', message });
    }
  }
  checkReach(log, manifest, told, findings);
  noteBeginning(log, manifest.window, told, findings);
}

/** Before its first proof a log says nothing: that the endpoint did not exist then is AWS's description, which no log has. */
function noteBeginning(
  { endpointId, manifests }: ExportedLog,
  { since, until }: ExportManifest['window'],
  told: readonly ToldGap[],
  findings: Findings,
): void {
  const first = manifests.find((one) => one.kind === 'snapshot' && isProof(one));
  if (manifests[0]?.entry !== 0 || !first) return;
  const proven = listedSince(first.f, first.epsilonSeconds);
  const end = earlier(proven, until);
  if (since >= proven || told.some((gap) => gap.start <= since && gap.end >= end)) return;
  findings.note(
    `${endpointId}: its log proves nothing before ${proven}. That nothing is missing from ${since} on rests on when AWS said that the endpoint was created, which no log has.`,
  );
}

/** Entries of early versions have no reasons. A gap that is told as longer, or goes on, may have more of them. */
function isBecause(
  { end, reasons, ongoing }: ToldGap,
  signedEnd: Instant,
  signed: readonly string[] | undefined,
): boolean {
  if (!signed || ongoing === true) return true;
  return signed.every((reason) => reasons.includes(reason)) && (end !== signedEnd || reasons.length === signed.length);
}

/** `complete` must agree with all in the manifest that limits it. */
export function verifyClaims({ kind, window, coverage }: ExportManifest, findings: Pick<Findings, 'fault'>): void {
  const { complete, gaps, projectedThrough, pendingSince } = coverage;
  if (!complete) return;
  const fault = (limit: string) => {
    const message = `The manifest says that the export is complete, and ${limit}.`;
    findings.fault({ kind: 'export-changed', place: 'export', field: 'coverage.complete', message });
  };
  if (gaps.length > 0) fault('tells of gaps');
  // That of a day may be of an endpoint that is deleted: later time is not pending.
  const projected = kind === 'day' && pendingSince === undefined ? {} : { projectedThrough };
  for (const [name, known] of Object.entries({ ...projected, pendingSince })) {
    if (known !== undefined && window.until > known)
      fault(`its window ends at ${window.until}, after its ${name} ${known}`);
  }
}

/** The manifest must declare the part of the window outside the range: as a gap, or as pending. */
function checkReach(
  { endpointId, manifests, isNewest }: ExportedLog,
  { window, coverage }: ExportManifest,
  told: readonly ToldGap[],
  findings: Findings,
): void {
  const [first, last] = [manifests[0], manifests.at(-1)];
  if (!first || !last) return;
  const beginsInTime = first.entry === 0 || manifests.some((manifest) => isTakenBefore(manifest, window.since));
  const claimed = earlier(window.until, coverage.pendingSince ?? window.until);
  // Time before the window does not matter.
  const proven = later(provenThrough(last) ?? window.since, window.since);
  const isTold = ({ start, end, ongoing }: ToldGap) =>
    start <= addSeconds(proven, last.epsilonSeconds) && (ongoing === true || end >= claimed);
  // A deletion ends a log for good; after any other closing it may have continued.
  const endsInTime = proven >= claimed || (last.closedBecause === 'endpoint-deleted' && isNewest) || told.some(isTold);
  if (beginsInTime && endsInTime) return;
  const message = `The evidence reaches from ${first.slot} to ${last.slot}, and not over the window ${window.since} to ${window.until}.`;
  findings.fault({ kind: 'evidence-missing', place: 'export', endpointId, message });
}

/** Whether it is a snapshot that was complete at an instant, at times that both clocks agree on (ADR 31). */
export function isTakenBefore({ kind, s, f, clocksDiffer }: Manifest, instant: Instant): boolean {
  return kind === 'snapshot' && !clocksDiffer && s <= instant && f <= instant;
}

/** Until when an entry and its predecessors prove everything except gaps; undefined if none does. */
export function provenThrough(manifest: Manifest): Instant | undefined {
  const { s, previousS, epsilonSeconds } = manifest;
  const proof = isProof(manifest) ? s : previousS;
  return proof === undefined ? undefined : addSeconds(proof, -epsilonSeconds);
}

/** Until when open connections were surely known, whichever entry from this one on was the newest when they were asked for. */
export function surelyKnownThrough(manifests: readonly Manifest[], from: number): Instant | undefined {
  const newest = manifests.filter(({ entry }) => entry >= from);
  return earliest(newest.map((manifest) => addSeconds(surelyListedS(manifest), -manifest.epsilonSeconds)));
}

/**
 * The first entry whose state rows can have: they must not have older states. Rows that were read when the window's end was
 * proven are of the entry that proves it, or of a later one; those of a question that is of now, of all entries that were projected
 * when it was signed. -1 if there is none.
 */
export function settledEntry(
  manifests: readonly Manifest[],
  { window, coverage, question }: Pick<ExportManifest, 'window' | 'coverage' | 'question'>,
): number {
  const { projectedThrough, pendingSince } = coverage;
  const claimed = earlier(window.until, pendingSince ?? window.until);
  const proving = manifests.find((manifest) => (provenThrough(manifest) ?? '') >= claimed);
  if (proving && !isOfNow(question)) return proving.entry;
  const isProjected = ({ s, f, epsilonSeconds }: Manifest) =>
    (projectedThrough === undefined || f <= projectedThrough) &&
    (pendingSince === undefined || addSeconds(s, -epsilonSeconds) <= pendingSince);
  return manifests.findLast(isProjected)?.entry ?? -1;
}
