import type { Hono } from 'hono';
import { ACCESSES } from '../../../lambda/dynamodb/tables.ts';
import { createQueryApp } from '../../../lambda/query/app.ts';
import type { QueryBindings, QueryPorts } from '../../../lambda/query/query-ports.ts';
import { ofEachTest } from '../of-each-test.ts';
import { RecordedTrail } from '../recording/recorded-trail.ts';
import { makeTable } from '../servers/embedded-dynamodb.ts';

/** Who asks in the tests. */
export const ANALYST = 'arn:aws:iam::123456789012:user/analyst';

/** An answer of the API: its status, and its JSON. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** The query app over a recorded trail, without HTTP in between. */
export class AskedTrail {
  readonly app: Hono<{ Bindings: QueryBindings }>;
  /** What the callers were not told. */
  readonly errors: unknown[] = [];
  #requests = 0;

  private constructor(app: (errors: unknown[]) => Hono<{ Bindings: QueryBindings }>) {
    this.app = app(this.errors);
  }

  static async over(trail: RecordedTrail, ports: Partial<QueryPorts> = {}): Promise<AskedTrail> {
    const settings = await settingsWithAccesses(trail);
    return new AskedTrail((errors) =>
      createQueryApp({
        documents: trail.tables.documents,
        settings,
        now: () => trail.now,
        onError: (error) => errors.push(error),
        ...ports,
      }),
    );
  }

  /** A trail that nothing was recorded in yet, and the app over it. */
  static async start(): Promise<{ trail: RecordedTrail; asked: AskedTrail }> {
    const trail = await RecordedTrail.start();
    return { trail, asked: await AskedTrail.over(trail) };
  }

  /** @throws the first failure that a caller was not told of; for the end of tests in which nothing fails */
  throwHidden(): void {
    const [first] = this.errors;
    if (first !== undefined) throw first;
  }

  /** Asks; counters above what a number holds would be lost, which no test that parses this way looks at. */
  async ask<T>(question: string, principal = ANALYST): Promise<Answer<T>> {
    const response = await this.fetch(question, principal);
    return { status: response.status, body: (await response.json()) as T };
  }

  async fetch(question: string, principal = ANALYST, headers: Record<string, string> = {}): Promise<Response> {
    this.#requests += 1;
    const caller = { principal, requestId: `request-${this.#requests}` };
    return this.app.fetch(new Request(`http://trail${question}`, { headers }), { caller });
  }
}

/** Those of a trail without targets. */
type TrailSettings = Omit<QueryPorts['settings'], 'TARGETS'>;

/** The settings of the query function for a recorded trail. */
export function settingsOf({ options }: RecordedTrail): TrailSettings {
  const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE, INTERVAL_MINUTES, EPSILON_SECONDS } = options;
  return {
    SNAPSHOTS_TABLE,
    CONNECTIONS_TABLE,
    INTERVAL_MINUTES,
    EPSILON_SECONDS,
    ACCESSES_TABLE: `${CONNECTIONS_TABLE}-Accesses`,
  };
}

/** The app over each test's trail; a failure that no caller was told of fails the test, unless it took note of it. */
export function useAskedTrail(trail: RecordedTrail, ports: Partial<QueryPorts> = {}): AskedTrail {
  return ofEachTest(
    () => AskedTrail.over(trail, ports),
    (asked) => asked.throwHidden(),
  );
}

/** The same, once there is a table for the accesses. */
export async function settingsWithAccesses(trail: RecordedTrail): Promise<TrailSettings> {
  const settings = settingsOf(trail);
  await makeTable(trail.tables.client, settings.ACCESSES_TABLE, ACCESSES);
  return settings;
}
