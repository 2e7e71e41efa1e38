import { html } from 'hono/html';
import { MOST_ROWS } from '../../lambda/query/parameters/definitions.ts';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { type ConnectionsAnswer, connection, connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { addSeconds, type Instant, toInstant } from '../../lambda/trail/time.ts';
import { countInto, histogram } from '../charts/histogram.ts';
import { cutWindow, timeAxis } from '../charts/time-axis.ts';
import { showTime } from '../parts/texts.ts';
import type { ScreenPorts } from '../ports.ts';
import { addressOf, linkHere, type Parameters, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';

/** When connections began, the newest first. */
interface Starts {
  readonly moments: readonly Instant[];
  /** The starts from then on are all that there are; undefined if that is so of the whole window. */
  readonly wholeFrom?: Instant | undefined;
}

/** Of an answer, what is counted: nothing else of thousands of connections has to be checked. */
const startsAnswer = connectionsAnswer
  .pick({ cursor: true })
  .extend({ connections: connection.pick({ establishedAt: true }).array() });

/** Pages that are read for the histogram, the answer itself among them; further ones are of 1,000. */
const MOST_PAGES = 3;
const BARS = 60;

/**
 * Finds the starts in the window of an answer: in its own rows and, as the newest come first, in those of the pages after it.
 * An answer of ends is in another order: the starts are asked for instead.
 *
 * @param parameters those of the question that was answered
 */
export async function askStarts(
  ports: ScreenPorts,
  parameters: Parameters,
  answer: ConnectionsAnswer,
): Promise<Starts> {
  const { since, until, match } = answer.window;
  const isOfStarts = match !== 'ended';
  const question = isOfStarts ? parameters : { ...parameters, since, until, match: 'started' };
  const ask = (cursor?: string) =>
    askTrail(ports.ask, addressOf('/connections', { ...question, limit: String(MOST_ROWS), cursor }), startsAnswer);
  const moments: Instant[] = [];
  let next: Awaited<ReturnType<typeof ask>> = isOfStarts ? answer : await ask();
  for (let page = 1; ; page++) {
    const starts = next.connections.map(({ establishedAt }) => establishedAt);
    moments.push(...starts.filter((start) => start >= since && start <= until));
    if (next.cursor === undefined || (starts.at(-1) ?? since) < since) return { moments };
    if (page === MOST_PAGES) return { moments, wholeFrom: moments.at(-1) };
    next = await ask(next.cursor);
  }
}

/** The starts over the window, as bars that narrow it. */
export function startsChart(question: ScreenQuestion, answer: ConnectionsAnswer, { moments, wholeFrom }: Starts): Html {
  const { window, coverage } = answer;
  if (window.since === window.until || moments.length === 0) return html``;
  const axis = timeAxis({ since: wholeFrom ?? window.since, until: window.until }, question.zone);
  const parts = cutWindow(axis, BARS);
  const counts = countInto(
    parts,
    moments.map((moment) => Date.parse(moment)),
  );
  const bins = parts.map((part, index) => {
    const [since, end] = [toInstant(part.start), toInstant(part.end)];
    const until = index === parts.length - 1 ? end : addSeconds(end, -1);
    const href = linkHere(question, { since, until, match: 'started', at: undefined, cursor: undefined });
    return { ...part, count: counts[index] ?? 0, href };
  });
  const notes =
    wholeFrom === undefined
      ? []
      : [
          html`Only the newest ${moments.length.toLocaleString('en')} are counted, from ${showTime(question, wholeFrom)} on; a shorter window has all of its own.`,
        ];
  const gaps = coverage.gaps.map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) }));
  return histogram({
    id: 'starts',
    title: 'Connections by when they began',
    axis,
    bins,
    gaps,
    noun: 'connection',
    notes,
  });
}
