import type { EndpointCoverage } from '../../../lambda/query/schemas/coverage.ts';
import { HOUR, type Life, type SeenPage, secondAt, type WorldLives } from './coverage-world.ts';

/** What the trail says of a second. */
export type Said = 'proven' | 'gap' | 'pending' | 'nothing';

/** The allowance that the assumption gives to lag and skew, together. */
export const EPSILON = 120;
/** Date headers and instants are in whole seconds, cut. */
const ROUNDING = 2;

/** What really happened to the evidence up to a moment of true time. */
export interface CoverageEvidence {
  readonly world: WorldLives;
  /** The walks whose snapshots are committed, each with its pages; of them so many are projected, from the first on. */
  readonly walks: readonly (readonly SeenPage[])[];
  readonly projected: number;
  /** AWS's word of when the endpoint was created is stored. */
  readonly isCreationKnown: boolean;
  /** The latest that AWS lists a connection after its beginning. */
  readonly mostLag: number;
  /** AWS's clocks are from this many seconds ahead of the machine's, which is right, up to epsilon more. */
  readonly lowestSkew: number;
  /** The true time of the question. */
  readonly asked: number;
  /** The Date header of the list without the endpoint that closed its log, and whether that entry is projected. */
  readonly missedReading: number | undefined;
  readonly isClosingProjected: boolean;
}

/** The coverage of an endpoint, second by second. A gap holds both its ends: the API calls neither complete. */
export function saidOf({ proven, gaps, pendingSince }: EndpointCoverage): (second: number) => Said {
  const stretches = (all: readonly { start: string; end: string }[]) =>
    all.map(({ start, end }) => ({ start: secondAt(start), end: secondAt(end) }));
  const [provenSeconds, gapSeconds] = [stretches(proven), stretches(gaps)];
  const pending = pendingSince === undefined ? Number.POSITIVE_INFINITY : secondAt(pendingSince);
  const isIn = (all: typeof gapSeconds, second: number) =>
    all.some(({ start, end }) => start <= second && second <= end);
  return (second) => {
    if (isIn(gapSeconds, second)) return 'gap';
    if (isIn(provenSeconds, second)) return 'proven';
    return second >= pending ? 'pending' : 'nothing';
  };
}

/**
 * Whether a connection that lived in just this second could really have escaped every walk: on one page of each, when its
 * rows were made, AWS had not listed it yet, or did no longer. In true time alone: no clock of AWS's, no epsilon, no pairs
 * of snapshots.
 */
export function couldEscape({ world, walks, projected, mostLag }: CoverageEvidence, second: number): boolean {
  if (second < world.created || second >= world.deleted) return false;
  return walks
    .slice(0, projected)
    .every((pages) => pages.some(({ moment }) => moment < second + mostLag || moment >= second + HOUR));
}

/**
 * Whether the trail may call a second a gap, or pending. It may where, by any clock of AWS's, the first as well as the last, and with
 * lag and skew of up to epsilon in whatever direction, some connection in just this second escapes every walk: since any may
 * have been on any page, its first or its last one. It may not before the endpoint was created, as AWS says, nor later than
 * epsilon after AWS's list was without it.
 */
function isOpen(
  { world, missedReading, isCreationKnown, lowestSkew }: CoverageEvidence,
  walks: CoverageEvidence['walks'],
  second: number,
): boolean {
  if (isCreationKnown && second < world.created) return false;
  if (missedReading !== undefined && second > missedReading + EPSILON + ROUNDING) return false;
  const slack = EPSILON + ROUNDING;
  return walks.every((pages) => {
    const [first, last] = [pages[0]?.sent ?? 0, pages.at(-1)?.answered ?? 0];
    return first + lowestSkew < second + slack || last + lowestSkew + EPSILON >= second + HOUR - slack;
  });
}

/** Whether the trail may say that a second is pending: then what is committed, but not projected yet, does not count. */
export function mayBePending(evidence: CoverageEvidence, second: number): boolean {
  const { walks, projected, missedReading, isClosingProjected } = evidence;
  const known = { ...evidence, missedReading: isClosingProjected ? missedReading : undefined };
  return isOpen(known, walks.slice(0, projected), second);
}

/**
 * Whether the trail may call a second a gap: besides, the next walk could not see any more who was gone by then. Before the
 * first walk all is one gap, since nobody has promised a second.
 */
export function mayBeGap(evidence: CoverageEvidence, second: number): boolean {
  const { walks, asked, missedReading } = evidence;
  if (!isOpen(evidence, walks, second)) return false;
  if (walks.length === 0 || missedReading !== undefined) return true;
  const newest = Math.max(asked, ...walks.map((pages) => pages.at(-1)?.answered ?? 0)) + EPSILON + evidence.lowestSkew;
  return newest >= second + HOUR - EPSILON - ROUNDING;
}

/** The lives that lasted for at least a moment of a stretch, both ends included. */
export function livesIn(lives: readonly Life[], from: number, to: number): Life[] {
  return lives.filter((life) => life.from <= to && life.to >= from);
}
