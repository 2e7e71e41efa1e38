import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { GapPlace } from '../../lambda/trail/coverage.ts';
import { concerns } from '../../lambda/trail/owner.ts';
import { present } from '../../lambda/trail/present.ts';
import { addSeconds, earlier } from '../../lambda/trail/time.ts';
import { count, showBytes } from '../../words/amounts.ts';
import { EVER, type Range, type Span, secondOf, spanOf } from '../span.ts';
import { personOf, staysOf } from '../stays.ts';
import {
  askEndpoints,
  type Endpoints,
  isIncomplete,
  type ReportFrame,
  type ReportPorts,
  readConnections,
} from '../trail.ts';
import { ByteShares, type Share } from './byte-shares.ts';
import { askCounters } from './edge-counters.ts';
import { RunningSum, type UsageSum } from './sum.ts';
import { type Estimate, isOfTimes, type UsageQuestion, type UsageReport, type UsageRow } from './usage-report.ts';
import { UsageRows } from './usage-rows.ts';

/** Adds up connections, people, time and bytes by person, endpoint, account, Region, day or hour (ADR 39). */
export async function reportUsage(ports: ReportPorts, question: UsageQuestion): Promise<UsageReport> {
  const { by, zone, since, until, counters } = question;
  const endpoints = await askEndpoints(ports, question);
  const window: Range = [since ? secondOf(since) : EVER[0], until ? secondOf(until) : EVER[1]];
  const rows = new UsageRows(question, endpoints, window);
  const shares = new ByteShares(counters);
  const total = new RunningSum();

  const add = (connection: ConnectionAnswer) => {
    const span = spanIn(window, connection, endpoints);
    const stays = staysOf(connection, span, (who) => personOf(who)?.key);
    total.add(span, window, stays);
    const parts: Share[] = [{ sum: total, from: window[0], to: window[1] + 1 }];
    const named = by === 'user' && stays.length > 1 ? stays.map((stay) => [stay]) : [stays];
    for (const [index, part] of named.entries()) {
      const partSpan = named.length > 1 ? (part[0]?.span ?? span) : span;
      const begin = index === 0 ? EVER[0] : partSpan.lasted[0];
      const end = index === named.length - 1 ? EVER[1] : partSpan.lasted[1];
      for (const { sum, range, bytesOf } of rows.placesOf(connection, part[0], partSpan)) {
        sum.add(partSpan, range, part);
        const [from, to] = [Math.max(bytesOf[0], begin), Math.min(bytesOf[1], end)];
        if (from < to) parts.push({ sum, from, to });
      }
    }
    shares.add(connection, span.lasted, parts);
  };

  const read = await readConnections(ports, question, (page) => {
    for (const connection of page) add(connection);
  });
  for (const [one, samples] of await askCounters(ports, shares.kept, counters)) shares.divide(one, samples);
  rows.addEmpty(read.window);
  const { estimates } = shares;
  return {
    by,
    zone,
    ...read,
    endpoints: endpoints.named,
    rows: rows.all.map((row) => toRow(row, read, endpoints)).sort(isOfTimes(by) ? byStart : byBytes),
    total: total.result,
    estimates,
    notes: notesOn(total.result, estimates),
  };
}

/** What nothing ends may last to the newest snapshot of all; and if the API says that it matches a later window, into that. */
function spanIn([since]: Range, connection: ConnectionAnswer, endpoints: Endpoints): Span {
  const span = spanOf(connection, endpoints.known(connection.endpointId));
  const [first, last] = span.possible;
  if (last < EVER[1]) return span;
  const known = endpoints.newest === undefined ? EVER[0] : secondOf(endpoints.newest);
  return { ...span, possible: [first, Math.max(first, since, span.lasted[1], known)] };
}

function toRow(
  { of, sum }: UsageRows['all'][number],
  { window, coverage }: Pick<ReportFrame, 'window' | 'coverage'>,
  endpoints: Endpoints,
): UsageRow {
  const { start = window.since, end } = of;
  const until = end === undefined ? window.until : earlier(addSeconds(end, -1), window.until);
  // Where no start of the window was asked for, what is recorded of earlier times is no proof.
  const isOlder = end !== undefined && end <= window.since;
  // The endpoints were asked for first: a recording since then makes the answer know more than they do.
  const isTouched =
    !coverage.complete &&
    endpointsOf(of, endpoints).some((endpointId) => {
      const pendingSince = endpointId === undefined ? coverage.pendingSince : endpoints.known(endpointId).through;
      const covered = { complete: coverage.complete, gaps: coverage.gaps, ...present({ pendingSince }) };
      return isIncomplete(covered, { since: start, until, endpointId });
    });
  const untold = coverage.gaps.filter((gap) => isOfTarget(gap, of));
  const isUntold = isIncomplete({ complete: coverage.complete, gaps: untold }, { since: start, until });
  const incomplete = isOlder || isTouched || isUntold || undefined;
  return { ...of, ...sum.result, ...present({ incomplete }) };
}

/** Whether a gap is that of a target of which no endpoint is known, in the account or Region of a row. */
function isOfTarget(gap: GapPlace, { accountId, region }: Partial<UsageRow>): boolean {
  const isOfOwner = accountId !== undefined || region !== undefined;
  return isOfOwner && gap.accountId !== undefined && concerns(gap, { accountId, region });
}

/** The endpoints that a row is of; undefined for all of the question. */
function endpointsOf({ endpointId, ...owner }: Partial<UsageRow>, { all }: Endpoints): readonly (string | undefined)[] {
  const { accountId, region } = owner;
  if (accountId === undefined && region === undefined) return [endpointId];
  const isOf = (one: Endpoints['all'][number]) => one.accountId === accountId || one.region === region;
  return all.filter(isOf).map((one) => one.endpointId);
}

const byStart = (one: UsageRow, other: UsageRow): number => ((one.start ?? '') < (other.start ?? '') ? -1 : 1);

/** The most bytes first; of the same the one whose name comes first. */
function byBytes(one: UsageRow, other: UsageRow): number {
  const difference = other.ingressBytes + other.egressBytes - one.ingressBytes - one.egressBytes;
  if (difference !== 0n) return difference > 0n ? 1 : -1;
  const nameOf = ({ user, endpointId, accountId, region }: UsageRow) => user ?? endpointId ?? accountId ?? region;
  const [name = '', otherName = ''] = [nameOf(one), nameOf(other)];
  return name < otherName ? -1 : Number(name > otherName);
}

function notesOn(
  { possible = 0, withoutBytes = 0 }: UsageSum,
  { byCounters, byTime }: UsageReport['estimates'],
): string[] {
  const inDoubt = ({ ingressBytes, egressBytes }: Estimate) =>
    `sent ${showBytes(ingressBytes)}, received ${showBytes(egressBytes)}`;
  const notes = [
    byCounters.connections > 0 &&
      `${count(byCounters.connections, 'connection')} across an edge: divided by the snapshots' counters. In doubt is what passed between the two snapshots around it: ${inDoubt(byCounters)}.`,
    byTime.connections > 0 &&
      `ESTIMATED: ${count(byTime.connections, 'connection')} across an edge: divided by the share of time, ${inDoubt(byTime)}.`,
    possible > 0 &&
      `${count(possible, 'connection')} of these may have been connected then: their times are known only within bounds.`,
    withoutBytes > 0 && `AWS did not give the bytes of ${count(withoutBytes, 'connection')}.`,
  ];
  return notes.filter((note) => note !== false);
}
