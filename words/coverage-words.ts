import type { AnswerCoverage, GapAnswer } from '../lambda/query/schemas/coverage.ts';
import { type GapPlace, isOfEvery } from '../lambda/trail/coverage.ts';
import { present } from '../lambda/trail/present.ts';
import { earliest, type Instant } from '../lambda/trail/time.ts';
import { showInZone } from '../lambda/trail/time-zone.ts';
import { count } from './amounts.ts';
import type { EndpointLabels } from './endpoint-labels.ts';

/** The searched window; a moment if both ends are equal. */
export interface SearchedWindow {
  readonly since: Instant;
  readonly until: Instant;
  readonly match?: string;
}

const MOST_GAPS = 10;

/**
 * The coverage of an answer, as lines for people; the first one has the searched window.
 *
 * @param labels - what the endpoints are called beside the answer; without them they are named by their ids
 */
export function coverageLines(
  coverage: AnswerCoverage,
  window: SearchedWindow,
  zone: string,
  labels: EndpointLabels = new Map(),
): string[] {
  const searched = `Searched ${showWindow(window, zone)}`;
  if (coverage.complete) return [`${searched}: complete.`];
  const { gaps, pendingSince } = coverage;
  const isPending = pendingSince !== undefined && pendingSince < window.until;
  const shown = gaps.slice(0, MOST_GAPS).map((gap) => `  ${showGap(gap, zone, labels)}`);
  const more = gaps.length - shown.length;
  return [
    `${searched}: NOT COMPLETE${gaps.length === 0 ? '.' : `, ${count(gaps.length, 'gap')} in it:`}`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more; see: cvpn-audit coverage`] : []),
    ...(isPending
      ? [`What happened after ${showInZone(pendingSince, zone)} is not known yet; the next snapshot tells.`]
      : []),
  ];
}

/** Whose a gap is, as it stands before its time: of a target of which no endpoint is known, nothing is recorded at all. */
export function gapPlaceWords({ endpointId, ...owner }: GapPlace, labels: EndpointLabels = new Map()): string {
  if (endpointId !== undefined) return labels.get(endpointId) ?? endpointId;
  return isOfEvery(owner) ? 'every endpoint' : `${ownerPlaceWords(owner)}: nothing recorded`;
}

/** An account and Region, like `111122223333 in eu-west-1`. */
export const ownerPlaceWords = ({ accountId, region }: GapPlace): string => `${accountId} in ${region}`;

/** A gap, with its reasons. */
export function showGap(
  { start, end, reasons, ongoing, ...place }: GapAnswer,
  zone: string,
  labels: EndpointLabels = new Map(),
): string {
  const [from, to] = [showInZone(start, zone), showInZone(end, zone)];
  // The API cuts a gap to the window: for a moment, a moment is left.
  const when = ongoing ? `from ${from} on, so far` : start === end ? `at ${from}` : `from ${from} to ${to}`;
  return `${gapPlaceWords(place, labels)} ${when} (${reasons.join(', ') || 'reason unknown'})`;
}

function showWindow({ since, until, match }: SearchedWindow, zone: string): string {
  if (since === until) return `at ${showInZone(since, zone)}`;
  return [`${showInZone(since, zone)} to ${showInZone(until, zone)}`, ...(match ? [match] : [])].join(', ');
}

/** The coverage of all answers together. */
export function joinCoverage(one: AnswerCoverage | undefined, other: AnswerCoverage): AnswerCoverage {
  if (one === undefined) return other;
  const gaps = new Map(
    [...one.gaps, ...other.gaps].map((gap) => [[gap.endpointId, gap.accountId, gap.region, gap.start].join(), gap]),
  );
  return {
    complete: one.complete && other.complete,
    gaps: [...gaps.values()].sort((first, second) => (first.start < second.start ? -1 : 1)),
    ...present({
      projectedThrough: earliest([one.projectedThrough, other.projectedThrough]),
      pendingSince: earliest([one.pendingSince, other.pendingSince]),
    }),
  };
}
