import type { Connection } from '../../trail/connection.ts';
import { type HeldIdentity, identitiesOf } from '../../trail/identities.ts';
import { earlier, later } from '../../trail/time.ts';
import { type Knowledge, type MatchWindow, matchWindow, type Verdict } from './matching.ts';

/**
 * Whether a connection was in the window while it had an identity that passes the filters (ADR 30): each identity counts for its own
 * time, and is possible while AWS may have changed it.
 */
export function matchIdentities(
  connection: Connection,
  passes: (connection: Connection) => boolean,
  window: MatchWindow,
  knowledge: Knowledge,
): Verdict {
  if (!connection.former) return passes(connection) ? matchWindow(connection, window, knowledge) : 'no';
  const verdicts = runsOf(identitiesOf(connection), passes).map((run): Verdict => {
    const surely = within(window, run.from?.[1], run.until?.[0]);
    if (run.isKept && surely && matchWindow(connection, surely, knowledge) === 'certain') return 'certain';
    const possibly = within(window, run.from?.[0], run.until?.[1]);
    return possibly && matchWindow(connection, possibly, knowledge) !== 'no' ? 'possible' : 'no';
  });
  return verdicts.find((one) => one === 'certain') ?? verdicts.find((one) => one === 'possible') ?? 'no';
}

type Run = Pick<HeldIdentity, 'from' | 'until'> & { readonly isKept: boolean };

/** The times of those that pass, joined where one follows the other; of those that are not kept any may pass. */
function runsOf(identities: readonly HeldIdentity[], passes: (connection: Connection) => boolean): Run[] {
  const runs: Run[] = [];
  let isOpen = false;
  for (const { connection, from, until } of identities) {
    const isPassing = connection !== undefined && passes(connection);
    const last = runs.at(-1);
    if (isPassing && isOpen && last) runs[runs.length - 1] = { ...last, until };
    else if (isPassing || connection === undefined) runs.push({ from, until, isKept: isPassing });
    isOpen = isPassing;
  }
  return runs;
}

/** The part of the window between two instants; undefined if there is none. */
function within(window: MatchWindow, from: string | undefined, to: string | undefined): MatchWindow | undefined {
  const { since = from, until = to } = window;
  const begin = since === undefined || from === undefined ? since : later(since, from);
  const end = until === undefined || to === undefined ? until : earlier(until, to);
  return begin !== undefined && end !== undefined && end < begin ? undefined : { ...window, since: begin, until: end };
}
