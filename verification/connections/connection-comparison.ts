import { fromConnectionItem, type Item, ODD } from '../../lambda/dynamodb/connection-item.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import { Unreadable } from '../../lambda/trail/judged.ts';
import type { Findings } from '../findings.ts';
import { ConnectionCheck } from './check-connection.ts';
import type { ConnectionCounts, ExpectedConnections } from './expected-connections.ts';

/** Compares the stored connections of an endpoint with those that its log gives, attribute by attribute. */
export class ConnectionComparison {
  readonly #expected: ExpectedConnections;
  readonly #check: ConnectionCheck;
  readonly #seen = new Set<string>();
  /** A connection that the store has as an odd one. */
  odd: string | undefined;
  /** Those that claim to have changed after the last entry that was replayed. */
  readonly #late: Item[] = [];

  constructor(expected: ExpectedConnections, findings: Findings, counts: ConnectionCounts) {
    this.#expected = expected;
    this.#check = new ConnectionCheck(expected, findings, counts);
  }

  /** The latest entry that changed a connection as the log says: the projection has come to it. */
  get latestProven(): number {
    return this.#check.latestProven;
  }

  /** Whether the log has the connection. */
  knows(id: string): boolean {
    return this.#expected.connections.has(id);
  }

  /** Whether the store has the connection, as one of this endpoint. */
  has(id: string): boolean {
    return this.#seen.has(id);
  }

  /** Compares one stored item. */
  take(item: Item): void {
    const id = String(item.connectionId);
    this.#seen.add(id);
    if (item.spanKey === ODD) this.odd = id;
    const stored = readItem(item);
    if (stored instanceof Unreadable) this.#check.unreadable(id, item, stored);
    else if (stored.lastEntry > this.#expected.last) this.#late.push(item);
    else this.#check.compare(id, item, stored);
  }

  /**
   * After all items: connections that the store lacks, and those that claim entries that do not exist.
   *
   * @param newest the log's newest entry now: the log may have grown
   * @param isElsewhere whether the store has the connection under another endpoint
   */
  finish(newest: number, isElsewhere: (id: string) => boolean): void {
    for (const item of this.#late) this.#check.compareLate(item, newest);
    for (const [id, replayed] of this.#expected.connections) {
      if (!this.#seen.has(id) && !isElsewhere(id)) this.#check.miss(id, replayed);
    }
  }
}

function readItem(item: Item): Connection | Unreadable {
  try {
    return fromConnectionItem(item);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}
