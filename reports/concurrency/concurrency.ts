import { present } from '../../lambda/trail/present.ts';
import { addSeconds, type Instant } from '../../lambda/trail/time.ts';
import { count } from '../../words/amounts.ts';
import { EVER, instantOf, type Range, type Span, secondOf, spanOf, within } from '../span.ts';
import {
  askEndpoints,
  type Endpoints,
  isIncomplete,
  type ReportFrame,
  type ReportPorts,
  type ReportQuestion,
  readConnections,
} from '../trail.ts';
import { associationsOf, quotaOf } from './association-quota.ts';
import { Changes, type Level } from './changes.ts';

export interface ConcurrencyQuestion extends ReportQuestion {
  /** Whether every change is wanted, not only the maximum. */
  readonly steps: boolean;
  /** The subnet associations of an endpoint, where AWS's description does not tell. */
  readonly associations?: number | undefined;
}

/** The most connections at once, and the first time when there were so many: both ends inclusive. */
export interface Peak {
  readonly connections: number;
  readonly since: Instant;
  readonly until: Instant;
}

/** The most connections at once, of an endpoint or of all together. */
export interface ConcurrencyRow {
  /** Absent for all endpoints together. */
  readonly endpointId?: string;
  readonly endpointName?: string;
  /** Of those that were surely connected. */
  readonly atLeast: Peak;
  /** With those that may have been. */
  readonly atMost: Peak;
  /** Subnets that are associated with the endpoint, as AWS last described it. */
  readonly associations?: number;
  /** How many AWS lets connect at once, with so many associations. */
  readonly limit?: number;
  /** There may have been more: a gap touches the window, or it reaches past what is known. */
  readonly incomplete?: true;
}

/** How many were connected from an instant on. */
export interface Step {
  readonly endpointId?: string;
  readonly at: Instant;
  readonly atLeast: number;
  readonly atMost: number;
}

/** How many were connected at once. */
export interface ConcurrencyReport extends ReportFrame {
  /** Each endpoint, and all together where there is more than one. */
  readonly rows: readonly ConcurrencyRow[];
  /** Each row's changes one after the other, oldest first, if they were asked for: a line for a chart to draw. */
  readonly steps: readonly Step[];
}

/** Counts how many were connected at once, exactly from their starts and ends (ADR 39). */
export async function reportConcurrency(ports: ReportPorts, question: ConcurrencyQuestion): Promise<ConcurrencyReport> {
  const { zone, since, associations: told, steps: isAsked } = question;
  const endpoints = await askEndpoints(ports, question);
  const changes = new Map(endpoints.all.map(({ endpointId }) => [endpointId, new Changes()]));
  let uncertain = 0;
  const read = await readConnections(ports, question, (page, { window }) => {
    const asked: Range = [since === undefined ? EVER[0] : secondOf(since), secondOf(window.until)];
    for (const connection of page) {
      const { endpointId } = connection;
      const span = spanOf(connection, endpoints.known(endpointId));
      if (!isExact(span, asked)) uncertain += 1;
      const known = changes.get(endpointId) ?? new Changes();
      known.add(span);
      changes.set(endpointId, known);
    }
  });
  const { window, coverage } = read;
  const all = [...changes].map(([endpointId, of]) => ({ endpointId, of }));
  const series = all.length === 1 ? all : [...all, { endpointId: undefined, of: Changes.joined(changes.values()) }];
  const made = series.map(({ endpointId, of }) => {
    // Where no start was asked for, what is recorded of earlier times counts too.
    const from = Math.min(secondOf(window.since), since === undefined ? of.first : Number.POSITIVE_INFINITY);
    const range: Range = [from, secondOf(window.until)];
    const [peaks, steps] = peaksOf(of.levels(range), range, isAsked);
    const endpoint = endpointId === undefined ? undefined : endpoints.get(endpointId);
    const associations = endpoint && (associationsOf(endpoint) ?? told);
    const pendingSince = endpoint === undefined ? coverage.pendingSince : endpoint.pendingSince;
    const covered = { complete: coverage.complete, gaps: coverage.gaps, ...present({ pendingSince }) };
    const row = present({
      endpointId,
      endpointName: endpoint?.name,
      ...peaks,
      associations,
      limit: quotaOf(associations),
      // The endpoints were asked for first: a recording since then makes the answer know more than they do.
      incomplete: (!coverage.complete && isIncomplete(covered, { ...window, endpointId })) || undefined,
    });
    return { row: row as ConcurrencyRow, steps: steps.map((step): Step => ({ ...present({ endpointId }), ...step })) };
  });
  return {
    zone,
    ...read,
    endpoints: endpoints.named,
    rows: made.map(({ row }) => row),
    steps: made.flatMap(({ steps }) => steps),
    notes: notesOn(
      made.map(({ row }) => row),
      { uncertain, endpoints },
    ),
  };
}

/** Whether it is known of each moment of a window whether the connection was connected. */
function isExact({ possible, surely: [one, ...others] }: Span, window: Range): boolean {
  const [first, last] = within(possible, window) ?? [];
  const [surelyFirst, surelyLast] = (one && within(one, window)) ?? [];
  return others.length === 0 && first === surelyFirst && last === surelyLast;
}

/** The maxima of a line of levels, and the line itself if it is kept. */
function peaksOf(levels: Iterable<Level>, [from, until]: Range, isKept: boolean) {
  const steps: Omit<Step, 'endpointId'>[] = [];
  const nothing = { connections: 0, since: instantOf(from), until: instantOf(until) };
  const peaks = { atLeast: nothing, atMost: nothing };
  const reached = { atLeast: false, atMost: false };
  for (const { at, atLeast, atMost } of levels) {
    const instant = instantOf(at);
    for (const [name, connections] of [
      ['atLeast', atLeast],
      ['atMost', atMost],
    ] as const) {
      if (connections > peaks[name].connections) {
        peaks[name] = { connections, since: instant, until: instantOf(until) };
        reached[name] = true;
      } else if (reached[name] && connections < peaks[name].connections) {
        peaks[name] = { ...peaks[name], until: addSeconds(instant, -1) };
        reached[name] = false;
      }
    }
    if (isKept) steps.push({ at: instant, atLeast, atMost });
  }
  return [peaks, steps] as const;
}

function notesOn(
  rows: readonly ConcurrencyRow[],
  { uncertain, endpoints }: { readonly uncertain: number; readonly endpoints: Endpoints },
): string[] {
  const over = rows.filter(({ limit, atMost }) => limit !== undefined && atMost.connections >= limit);
  return [
    ...(uncertain > 0
      ? [
          `The times of ${count(uncertain, 'connection')} are known only within bounds: a range is at least and at most.`,
        ]
      : []),
    rows.some(({ limit }) => limit !== undefined)
      ? "The limit is AWS's quota for the associations that the endpoint has now, if AWS has not raised it."
      : "AWS's limit is not known, as its description of the endpoint does not name the associated subnets. Their number may be given (--associations).",
    ...over.map(({ endpointId = '' }) => `${endpoints.called(endpointId)} was at its limit.`),
    ...(rows.some(({ incomplete }) => incomplete) ? ['In a gap there may have been more at once than is known.'] : []),
  ];
}
