import { toAnswer } from '../../../lambda/query/connection-answer.ts';
import type { ConnectionAnswer, UsageSample } from '../../../lambda/query/schemas/connection.ts';
import type { AnswerCoverage, GapAnswer } from '../../../lambda/query/schemas/coverage.ts';
import { matchIdentities } from '../../../lambda/query/search/match-identities.ts';
import type { Verdict } from '../../../lambda/query/search/matching.ts';
import { startOf } from '../../../lambda/query/search/walk.ts';
import type { Connection } from '../../../lambda/trail/connection.ts';
import { addSeconds, earliest, type Instant } from '../../../lambda/trail/time.ts';
import type { Question, ReportPorts } from '../../../reports/trail.ts';
import type { History } from '../search/random-history.ts';

/** As the histories have it. */
const EPSILON = 120;

/** The trail's API over a random history in memory, by the rules of the API itself; and what it was asked. */
export class ReportTrail {
  readonly asked: string[] = [];
  readonly connections: readonly Connection[];
  readonly answers: ReadonlyMap<string, ConnectionAnswer>;
  readonly #history: History;
  readonly #pageRows: number;
  readonly #gaps: readonly GapAnswer[];
  readonly #samples: ReadonlyMap<string, readonly UsageSample[]>;

  constructor(
    history: History,
    {
      pageRows = 7,
      gaps = [],
      samples = new Map(),
    }: {
      pageRows?: number;
      gaps?: readonly GapAnswer[];
      samples?: ReadonlyMap<string, readonly UsageSample[]>;
    } = {},
  ) {
    this.#history = history;
    this.#pageRows = pageRows;
    this.#gaps = gaps;
    this.#samples = samples;
    const newestFirst = (one: Connection, other: Connection) => (startOf(one) < startOf(other) ? 1 : -1);
    this.connections = [...history.connections].sort(newestFirst);
    this.answers = new Map(
      this.connections.map((connection, index) => {
        const { lastSeenAt = this.projected(connection.endpointId) } = connection;
        const counters = { ingressBytes: BigInt(index * 1_000_003), egressBytes: BigInt(index * 70_000_001) };
        return [connection.connectionId, toAnswer({ ...counters, ...connection, lastSeenAt })];
      }),
    );
  }

  /** The end of the newest snapshot of an endpoint. */
  projected(endpointId: string): Instant {
    return this.#history.recorded.find((one) => one.endpointId === endpointId)?.projected ?? '';
  }

  /** Whether the API says that a connection was there, called so if there is a test of that. */
  verdict(
    connection: Connection,
    window: { since?: Instant | undefined; until?: Instant | undefined },
    isCalled: (connection: Connection) => boolean = () => true,
  ): Verdict {
    const knownThrough = addSeconds(this.projected(connection.endpointId), -EPSILON);
    const { since, until } = window;
    return matchIdentities(connection, isCalled, { since, until, match: 'overlap' }, { knownThrough });
  }

  /** The end of the newest snapshot. */
  get newest(): Instant {
    return (
      this.#history.recorded
        .map(({ projected }) => projected)
        .sort()
        .at(-1) ?? ''
    );
  }

  get ports(): ReportPorts {
    return {
      count: () => {},
      ask: async <T>([path = '', id = '', what]: readonly string[], question: Question): Promise<T> => {
        this.asked.push([path, id, what].filter(Boolean).join('/'));
        if (what === 'usage') return this.#usage(id, question) as T;
        return (path === 'endpoints' ? this.#endpoints() : this.#page(question)) as T;
      },
    };
  }

  #usage(id: string, { since = '', until = '~' }: Question) {
    const samples = (this.#samples.get(id) ?? []).filter(({ at }) => at >= String(since) && at <= String(until));
    return { samples };
  }

  #endpoints() {
    const endpoints = this.#history.recorded.map(({ endpointId, projected }) => ({
      endpointId,
      name: `endpoint ${endpointId.slice(-1)}`,
      state: 'open',
      lastSnapshotAt: projected,
      projectedThrough: projected,
      pendingSince: addSeconds(projected, -EPSILON),
    }));
    return { endpoints };
  }

  #page({ since, until, cursor = '0' }: Question) {
    const window = { since: since?.toString(), until: until?.toString() };
    const matching = this.connections.flatMap((connection) => {
      const verdict = this.verdict(connection, window);
      const answer = this.answers.get(connection.connectionId);
      return verdict === 'no' || !answer ? [] : [verdict === 'possible' ? { ...answer, possible: true } : answer];
    });
    const next = Number(cursor) + this.#pageRows;
    const pendingSince = this.pendingSince;
    const searched = { since: window.since ?? '2026-10-25T00:00:00Z', until: window.until ?? pendingSince };
    const gaps = this.#gaps.filter((gap) => gap.start <= searched.until && gap.end >= searched.since);
    const coverage: AnswerCoverage = {
      complete: gaps.length === 0 && searched.until <= pendingSince,
      gaps: [...gaps],
      pendingSince,
    };
    return {
      connections: matching.slice(Number(cursor), next),
      window: { ...searched, match: 'overlap' },
      coverage,
      ...(next < matching.length ? { cursor: String(next) } : {}),
    };
  }

  get pendingSince(): Instant {
    return addSeconds(earliest(this.#history.recorded.map(({ projected }) => projected)) ?? '', -EPSILON);
  }
}
