import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { present } from '../../lambda/trail/present.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import { instantOf, type Range, type Span } from '../span.ts';
import type { Person, Stay } from '../stays.ts';
import type { Thresholds } from './thresholds.ts';

/** A connection, or the part of it under one name and address, as the rules see it: newest established first. */
export interface Visit {
  readonly connection: ConnectionAnswer;
  readonly who: Stay['who'];
  readonly span: Span;
  readonly person: Person;
}

/** What a rule found, and the connections that it rests on. */
export interface Finding {
  readonly rule: string;
  /** As AWS last wrote it. */
  readonly user: string;
  readonly since: Instant;
  readonly until?: Instant;
  /** A sentence for people, without the name. */
  readonly says: string;
  /** As many as {@link MOST_CONNECTIONS}. */
  readonly connectionIds: readonly string[];
  /** So many more. */
  readonly moreConnections?: number;
  /** It depends on times that are known only within bounds. */
  readonly possible?: true;
  /** It rests on the identity's past, and in a gap of that something may be missing. */
  readonly pastIncomplete?: true;
}

/** What the rules know besides the connections. */
export interface RuleContext {
  readonly thresholds: Thresholds;
  readonly window: Range;
  readonly zone: string;
  /** What an endpoint is called within a sentence. */
  readonly called: (endpointId: string) => string;
}

/** What is known once all connections were read. */
export interface PastCoverage {
  /** Whether something may be missing from the past, up to a second since 1970. */
  readonly isIncomplete: (until: number) => boolean;
}

/** A rule at work. It keeps what identities did, not their connections. */
export interface Rule {
  add(visit: Visit): void;
  end(past: PastCoverage): Finding[];
}

/** A rule: its name, what it looks for, and how it begins. */
export interface RuleKind {
  readonly name: string;
  readonly words: (thresholds: Thresholds) => string;
  /** It sees a connection that got another address as two; otherwise only one that got another name. */
  readonly byAddress?: true;
  readonly begin: (context: RuleContext) => Rule;
}

export const MOST_CONNECTIONS = 20;

/** A finding with its evidence bounded. */
export function finding(
  { rule, person, says }: { readonly rule: string; readonly person: Person; readonly says: string },
  [since, until]: Range,
  connectionIds: readonly string[],
  doubts: { readonly possible?: boolean; readonly pastIncomplete?: boolean; readonly total?: number } = {},
): Finding {
  const ids = connectionIds.slice(0, MOST_CONNECTIONS);
  return {
    rule,
    user: person.name,
    since: instantOf(since),
    ...present({ until: until > since && Number.isFinite(until) ? instantOf(until) : undefined }),
    says,
    connectionIds: ids,
    ...present({
      moreConnections: (doubts.total ?? connectionIds.length) - ids.length || undefined,
      possible: doubts.possible ? (true as const) : undefined,
      pastIncomplete: doubts.pastIncomplete ? (true as const) : undefined,
    }),
  };
}

/** What is kept of each identity. */
export class ByPerson<T> {
  readonly #kept = new Map<string, { person: Person; of: T }>();
  readonly #make: () => T;

  constructor(make: () => T) {
    this.#make = make;
  }

  of(person: Person): T {
    const known = this.#kept.get(person.key);
    if (known) return known.of;
    const of = this.#make();
    this.#kept.set(person.key, { person, of });
    return of;
  }

  get all() {
    return [...this.#kept.values()];
  }
}
