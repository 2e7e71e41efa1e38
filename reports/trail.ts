import type * as z from 'zod';
import { MOST_ROWS } from '../lambda/query/parameters/definitions.ts';
import {
  type ConnectionAnswer,
  type ConnectionsAnswer,
  connectionsAnswer,
} from '../lambda/query/schemas/connection.ts';
import type { AnswerCoverage } from '../lambda/query/schemas/coverage.ts';
import { type EndpointAnswer, endpointsAnswer } from '../lambda/query/schemas/trail.ts';
import { isGapOf } from '../lambda/trail/coverage.ts';
import { present } from '../lambda/trail/present.ts';
import { type Instant, secondsBetween } from '../lambda/trail/time.ts';
import { count } from '../words/amounts.ts';
import { joinCoverage } from '../words/coverage-words.ts';
import {
  type EndpointLabels,
  endpointLabels,
  type NamedEndpoint,
  severalOwners,
  shortId,
} from '../words/endpoint-labels.ts';
import type { Known } from './span.ts';

/** Parameters of a question to the API; a list is a parameter given more than once. */
export type Question = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What reports are made from. */
export interface ReportPorts {
  /** Asks the trail's HTTP API; large integers of its answers are bigints. */
  readonly ask: <T>(path: readonly string[], question: Question, schema: z.ZodType<T>) => Promise<T>;
  /** Tells the person how much has been read. */
  readonly count: (text: string) => void;
}

/** What every report is asked. */
export interface ReportQuestion {
  /** An absent end is open: the report is about what is proven, and adds up all that is recorded (ADR 12). */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  /** IANA name of the zone in which days and hours are the clocks'. */
  readonly zone: string;
  /** Filters of `GET /connections`. */
  readonly filters?: Question | undefined;
}

/** What every report says beside its rows. */
export interface ReportFrame {
  readonly window: { readonly since: Instant; readonly until: Instant };
  readonly zone: string;
  readonly coverage: AnswerCoverage;
  /** The connections that it was added up from. */
  readonly connections: number;
  /** The endpoints that were asked for, with their names; with account and Region where they are of several. */
  readonly endpoints: readonly NamedEndpoint[];
  /** What is to be known of it, in words. */
  readonly notes: readonly string[];
}

/** Adds pages up as they come, newest connections first. */
export type AddPage = (connections: readonly ConnectionAnswer[], page: Pick<ReportFrame, 'window'>) => void;

/** The endpoints that a question is about, by their ids. */
export class Endpoints {
  readonly all: readonly EndpointAnswer[];
  readonly #byId: ReadonlyMap<string, EndpointAnswer>;
  readonly #labels: EndpointLabels;

  constructor(all: readonly EndpointAnswer[]) {
    this.all = all;
    this.#byId = new Map(all.map((endpoint) => [endpoint.endpointId, endpoint]));
    this.#labels = endpointLabels(all);
  }

  get named(): readonly NamedEndpoint[] {
    const several = severalOwners(this.all);
    const owned = several.accountId || several.region;
    return this.all.map(({ endpointId, name, accountId, region }) => ({
      endpointId,
      ...present({ name, ...(owned ? { accountId, region } : {}) }),
    }));
  }

  /** What an endpoint is called within a sentence: its name, with its Region, account or id where another has the same. */
  called(endpointId: string): string {
    const label = this.#labels.get(endpointId) ?? shortId(endpointId);
    const { name = label } = this.get(endpointId) ?? {};
    return label.startsWith(name) ? label : `${name} (${label})`;
  }

  get(endpointId: string): EndpointAnswer | undefined {
    return this.#byId.get(endpointId);
  }

  /** Until when the trail knows the connections of an endpoint. */
  known(endpointId: string): Known {
    const { pendingSince: through, projectedThrough } = this.get(endpointId) ?? {};
    const isBoth = through !== undefined && projectedThrough !== undefined;
    return { through, margin: isBoth ? Math.max(0, secondsBetween(through, projectedThrough)) : 0 };
  }

  /** The end of the newest snapshot of them all. */
  get newest(): Instant | undefined {
    return this.all
      .flatMap(({ lastSnapshotAt }) => lastSnapshotAt ?? [])
      .sort()
      .at(-1);
  }
}

/** Asks for the endpoints of a question. Asked first, they claim no more than the connections that are asked for later. */
export async function askEndpoints(ports: ReportPorts, { filters }: ReportQuestion): Promise<Endpoints> {
  const { endpoint, account, region } = filters ?? {};
  const { endpoints } = await ports.ask(['endpoints'], { endpoint, account, region }, endpointsAnswer);
  return new Endpoints(endpoints);
}

/** Reads all connections of a question, page by page, the next one while one is added up. */
export async function readConnections(
  ports: ReportPorts,
  { since, until, filters }: ReportQuestion,
  add: AddPage,
): Promise<Omit<ReportFrame, 'zone' | 'notes' | 'endpoints'>> {
  const question = { ...filters, since, until, limit: String(MOST_ROWS) };
  const ask = (cursor?: string): Promise<ConnectionsAnswer> => {
    const asked = ports.ask(['connections'], { ...question, cursor }, connectionsAnswer);
    // Its failure surfaces when it is awaited; until then it must not count as unhandled.
    asked.catch(() => undefined);
    return asked;
  };
  let [page, connections] = [await ask(), 0];
  let coverage = page.coverage;
  const { window } = page;
  for (;;) {
    const next = page.cursor === undefined ? undefined : ask(page.cursor);
    add(page.connections, { window });
    connections += page.connections.length;
    if (next === undefined) return { window: { since: window.since, until: window.until }, coverage, connections };
    ports.count(`${count(connections, 'connection')} …`);
    page = await next;
    coverage = joinCoverage(coverage, page.coverage);
  }
}

/** Whether something can be missing from a stretch: a gap touches it, or it reaches past what is known. */
export function isIncomplete(
  { gaps, pendingSince }: AnswerCoverage,
  { since, until, endpointId }: { since: Instant; until: Instant; endpointId?: string | undefined },
): boolean {
  const touches = gaps.some(
    (gap) =>
      gap.start <= until &&
      (gap.ongoing === true || gap.end >= since) &&
      (endpointId === undefined || isGapOf(gap, endpointId)),
  );
  return touches || (pendingSince !== undefined && until > pendingSince);
}
