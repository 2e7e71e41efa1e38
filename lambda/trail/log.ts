import { type Gap, gapBetween } from './coverage.ts';
import type { Head, UnprovenReason } from './head.ts';
import { present } from './present.ts';
import { appendLeaf, EMPTY_RANGE, type Hash } from './proof.ts';
import type { Manifest } from './snapshot.ts';
import { addSeconds, type Instant, later } from './time.ts';

/** The head of a log after the manifest, whose leaf hash is given, was appended to it. */
export function nextHead(read: Head | undefined, manifest: Manifest, leaf: Hash): Head {
  const isProven = isProof(manifest);
  const coveredFromS = isProven ? manifest.s : read?.coveredFromS;
  const coveredFromOwnS = isProven ? manifest.ownS : read?.coveredFromOwnS;
  const unprovenBecause = isProven
    ? []
    : [...new Set([...(read?.unprovenBecause ?? []), ...whyUnproven(manifest)])].sort();
  return {
    endpointId: manifest.endpointId,
    accountId: manifest.accountId,
    region: manifest.region,
    entry: manifest.entry,
    slot: manifest.slot,
    s: manifest.s,
    f: manifest.f,
    firstSeenAt: read?.firstSeenAt ?? manifest.s,
    state: manifest.kind === 'closed' ? 'closed' : 'open',
    ...present({ ownS: manifest.ownS, coveredFromS, coveredFromOwnS, closedBecause: manifest.closedBecause }),
    ...gapsAfter(read, gapOf(manifest, read)),
    ...(unprovenBecause.length > 0 ? { unprovenBecause } : {}),
    range: appendLeaf(read?.range ?? EMPTY_RANGE, leaf),
  };
}

/** What a head says of its log's gaps, after one more if there is one. */
function gapsAfter(read: Head | undefined, gap: Gap | undefined): Pick<Head, 'gapsUntil' | 'gapsOverlap'> {
  const { gapsUntil, gapsOverlap } = read ?? {};
  if (!gap) return present({ gapsUntil, gapsOverlap });
  const overlaps = gapsUntil !== undefined && gap.start <= gapsUntil;
  return present({
    gapsUntil: later(gap.end, gapsUntil ?? gap.end),
    gapsOverlap: gapsOverlap ?? (overlaps || undefined),
  });
}

/**
 * Whether coverage continues from this entry: a snapshot in which every row names its connection, at times that both clocks
 * agree on (ADR 31), or the endpoint's deletion, after which nobody can be connected.
 */
export function isProof({ kind, closedBecause, unidentified, clocksDiffer }: Manifest): boolean {
  return kind === 'snapshot' ? !unidentified && !clocksDiffer : closedBecause === 'endpoint-deleted';
}

/** Entries of early versions, which do not have the machine's time, tell nothing here: their heads do not have it. */
function whyUnproven({ unidentified, clocksDiffer, ownS }: Manifest): UnprovenReason[] {
  if (ownS === undefined) return [];
  return [...(unidentified ? ['unidentified-rows' as const] : []), ...(clocksDiffer ? ['clocks-differ' as const] : [])];
}

/** `s` of the last proof up to this entry: what the log proves reaches to there. */
export function provenS(manifest: Manifest): Instant | undefined {
  return isProof(manifest) ? manifest.s : manifest.previousS;
}

/**
 * The gap that ends with an entry: the unseen time between the previous proof and this one, or before the endpoint's deletion.
 *
 * @param before the entry before it; only a deletion needs it
 */
export function gapOf(manifest: Manifest, before: Pick<Manifest, 's' | 'f'> | undefined): Gap | undefined {
  const { kind, closedBecause, previousS, previousOwnS, s, epsilonSeconds } = manifest;
  if (kind === 'snapshot') {
    if (previousS === undefined || !isProof(manifest)) return undefined;
    return gapBetween({ s: previousS, ownS: previousOwnS }, manifest, epsilonSeconds);
  }
  // Connections that began and ended between the last snapshot and the deletion can no longer be queried. AWS's clock may be behind.
  if (closedBecause !== 'endpoint-deleted' || !before || s <= before.f) return undefined;
  return { start: addSeconds(previousS ?? before.s, -epsilonSeconds), end: addSeconds(s, epsilonSeconds) };
}
