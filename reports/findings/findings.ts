import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { addSeconds, type Instant } from '../../lambda/trail/time.ts';
import { count } from '../../words/amounts.ts';
import { EVER, instantOf, type Range, secondOf, spanOf } from '../span.ts';
import { personOf, type Stay, staysOf } from '../stays.ts';
import {
  askEndpoints,
  isIncomplete,
  type ReportFrame,
  type ReportPorts,
  type ReportQuestion,
  readConnections,
} from '../trail.ts';
import { changedHands } from './changed-hands.ts';
import { firstConnection } from './first-connection.ts';
import { longSessions } from './long-sessions.ts';
import { manyShort } from './many-short.ts';
import type { Finding, Rule, RuleContext, RuleKind, Visit } from './rule.ts';
import type { Thresholds } from './thresholds.ts';
import { twoPlaces } from './two-places.ts';
import { unusualHours } from './unusual-hours.ts';
import { unusualVolume } from './unusual-volume.ts';

/** All rules, in the order in which a report names them. */
const RULES: readonly RuleKind[] = [
  twoPlaces,
  firstConnection,
  unusualHours,
  unusualVolume,
  longSessions,
  manyShort,
  changedHands,
];

export const RULE_NAMES = RULES.map(({ name }) => name);

export interface FindingsQuestion extends ReportQuestion {
  /** A window of findings begins somewhere: what is before it is the past. */
  readonly since: Instant;
  readonly thresholds: Thresholds;
  /** The rules that are asked; all, if none is named. */
  readonly rules?: readonly string[] | undefined;
}

/** What the rules found, newest first. */
export interface FindingsReport extends ReportFrame {
  readonly rows: readonly Finding[];
  readonly rules: readonly { readonly name: string; readonly words: string; readonly findings: number }[];
  readonly thresholds: Thresholds;
  /** The time before the window that was looked at, and whether anything may be missing from it. */
  readonly past: { readonly since: Instant; readonly complete: boolean };
}

/** Looks for what stands out in a window, by rules that see the time before it too (ADR 40). */
export async function reportFindings(ports: ReportPorts, question: FindingsQuestion): Promise<FindingsReport> {
  const { since, until, zone, thresholds, rules = [] } = question;
  const endpoints = await askEndpoints(ports, question);
  const pastSince = addSeconds(since, -thresholds.history);
  const window: Range = [secondOf(since), until === undefined ? EVER[1] : secondOf(until)];
  const context: RuleContext = { thresholds, window, zone, called: (id) => endpoints.called(id) };
  const asked = RULES.filter(({ name }) => rules.length === 0 || rules.includes(name));
  const atWork = asked.map((kind): [RuleKind, Rule] => [kind, kind.begin(context)]);
  const [byAddress, byPerson] = [true, false].map((is) =>
    atWork.filter(([kind]) => (kind.byAddress ?? false) === is).map(([, rule]) => rule),
  ) as [Rule[], Rule[]];
  let unnamed = 0;
  const add = (connection: ConnectionAnswer) => {
    const span = spanOf(connection, endpoints.known(connection.endpointId));
    const named = visitsOf(connection, staysOf(connection, span, keyOf));
    const placed = connection.former ? visitsOf(connection, staysOf(connection, span)) : named;
    if (named.length === 0) unnamed += 1;
    for (const rule of byPerson) for (const visit of named) rule.add(visit);
    for (const rule of byAddress) for (const visit of placed) rule.add(visit);
  };
  const read = await readConnections(ports, { ...question, since: pastSince }, (page) => {
    for (const connection of page) add(connection);
  });
  const past = {
    isIncomplete: (second: number) => isIncomplete(read.coverage, { since: pastSince, until: instantOf(second) }),
  };
  const found = atWork.map(([kind, rule]) => ({ kind, findings: rule.end(past) }));
  const rows = found
    .flatMap(({ findings }) => findings)
    .sort((one, other) => (one.since === other.since ? 0 : one.since > other.since ? -1 : 1));
  const searched = { since, until: read.window.until };
  const gaps = read.coverage.gaps.filter(
    ({ start, end, ongoing }) => start <= searched.until && (ongoing || end >= since),
  );
  const isPastComplete = !past.isIncomplete(secondOf(since));
  return {
    zone,
    connections: read.connections,
    endpoints: endpoints.named,
    window: searched,
    coverage: { ...read.coverage, gaps, complete: !isIncomplete(read.coverage, searched) },
    rows,
    rules: found.map(({ kind, findings }) => ({
      name: kind.name,
      words: kind.words(thresholds),
      findings: findings.length,
    })),
    thresholds,
    past: { since: pastSince, complete: isPastComplete },
    notes: notesOn(rows, { unnamed, isPastComplete, hasEndpoints: question.filters?.endpoint !== undefined }),
  };
}

/** Those of whom AWS named somebody. */
function visitsOf(connection: ConnectionAnswer, stays: readonly Stay[]): Visit[] {
  const visits: Visit[] = [];
  for (const { who, span } of stays) {
    const person = personOf(who);
    if (person) visits.push({ connection, who, span, person });
  }
  return visits;
}

const keyOf = (who: Stay['who']) => personOf(who)?.key;

function notesOn(
  rows: readonly Finding[],
  { unnamed, isPastComplete, hasEndpoints }: { unnamed: number; isPastComplete: boolean; hasEndpoints: boolean },
): string[] {
  const possible = rows.filter((row) => row.possible).length;
  const uncertain = rows.filter((row) => row.pastIncomplete).length;
  const notes = [
    !isPastComplete &&
      `Something may be missing from the time before the window${uncertain > 0 ? `, which makes ${count(uncertain, 'finding')} uncertain` : ''}: what looks new or unusual may not be.`,
    possible > 0 && `${count(possible, 'finding')} of these depend on times that are known only within bounds.`,
    unnamed > 0 && `${count(unnamed, 'connection')} without a name were left out: whose they were is not known.`,
    hasEndpoints && 'Only connections to the endpoints that were asked for were looked at.',
  ];
  return notes.filter((note) => note !== false);
}
