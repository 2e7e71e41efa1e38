import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { COUNTERS } from '../../lambda/trail/connection-members.ts';
import type { Visit } from './history.ts';
import { rowAt } from './projected.ts';
import { begunAt, NEWEST, OUTAGE } from './recording.ts';

/**
 * Holds an answer against what really was, so that no wrong answer is measured: all that were connected are in it, once; all
 * others in it say `possible`, and are of those whose end nobody reported; counters are those of the row that AWS gave last.
 *
 * @param visits those that really were connected then
 * @throws Error that names the question and the connection
 */
export function checkAnswer(question: string, answer: readonly ConnectionAnswer[], visits: readonly Visit[]): void {
  const wrong = (what: string, id: string) => new Error(`${question}: ${id} ${what}`);
  const found = new Map(answer.map((connection) => [connection.connectionId, connection]));
  if (found.size !== answer.length) throw new Error(`${question}: a connection is in the answer twice`);
  const real = new Set(visits.map(({ connectionId }) => connectionId));
  for (const visit of visits) {
    const connection = found.get(visit.connectionId);
    if (!connection) throw wrong('is missing', visit.connectionId);
    const row = rowAt(visit, begunAt(lastSeen(connection)));
    const different = COUNTERS.find((name) => String(connection[name]) !== row[name]);
    if (different) throw wrong(`has other ${different} than AWS gave`, visit.connectionId);
  }
  for (const { connectionId, possible, end } of answer) {
    const mayBe = possible && end?.kind !== 'reported';
    if (!real.has(connectionId) && !mayBe) throw wrong('was not connected', connectionId);
  }
}

/** The slot of the last snapshot with a row of it; whatever is later says the same. */
function lastSeen({ end }: ConnectionAnswer): number {
  return end?.kind === 'inferred' ? OUTAGE.before : NEWEST;
}

/** Those that were connected at some time from one instant to another, seconds since 1970. */
export function connectedIn(visits: readonly Visit[], since: number, until: number): Visit[] {
  return visits.filter(({ start, end }) => start <= until && end >= since);
}
