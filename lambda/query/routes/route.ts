import type { AccessLog } from '../../dynamodb/access-log.ts';
import type { DynamoDbLogReads } from '../../dynamodb/log-reads.ts';
import type { CoveragePorts } from '../endpoint-coverage.ts';
import type { Given, Parameters } from '../parameters/parse.ts';

/** The ports of the routes. */
export interface RoutePorts extends CoveragePorts {
  readonly accesses: AccessLog;
  readonly log: DynamoDbLogReads;
}

/** A request as a route sees it: its address and its parameters, read. */
export interface Question<P extends Parameters> {
  readonly path: string;
  /** The parts of the path that the route names. */
  readonly names: Readonly<Record<string, string>>;
  readonly given: Given<P>;
  /** The parameters in their canonical form; cursors are bound to them. */
  readonly search: URLSearchParams;
}

/** An answer, and how many rows of the trail it contains. */
export interface Answered {
  /** A JSON document, or bytes as they are stored. */
  readonly body: Readonly<Record<string, unknown>> | Uint8Array;
  /** The same as a text in a format of its own, for those who accept `text/plain` rather than JSON. */
  readonly text?: string | undefined;
  readonly rows: number;
  /** The list in it, where the answer may end sooner than it was asked for. */
  readonly list?: {
    readonly name: string;
    /** The answer with so many rows at most, and with a cursor that goes on; undefined where that leaves none. */
    readonly endAfter: (rows: number) => Answered | undefined;
  };
}

/** One route of the API; the OpenAPI document is made from it. */
export interface Route<P extends Parameters = Parameters> {
  /** Parts in braces are names. */
  readonly path: string;
  readonly summary: string;
  readonly parameters: P;
  /** Whether its answers have a {@link Answered.text}. */
  readonly hasText?: true;
  /** What the parts in braces are. */
  readonly names?: Readonly<Record<string, string>>;
  answerQuestion(ports: RoutePorts, question: Question<P>): Promise<Answered>;
}

/** A route whose parameters are known to its own code; all routes are kept in one list. */
export function defineRoute<P extends Parameters>(route: Route<P>): Route {
  return route;
}
