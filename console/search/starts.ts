import { html } from 'hono/html';
import { MOST_ROWS } from '../../lambda/query/parameters/definitions.ts';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import { type ConnectionsAnswer, connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
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

/** Pages of 1,000 that are read for the histogram. */
const MOST_PAGES = 4;
const BARS = 60;

/**
 * Finds the starts in the window of an answer: in its own rows where they are all, and otherwise with up to {@link MOST_PAGES}
 * more questions.
 *
 * @param parameters those of the question that was answered
 */
export async function askStarts(
  ports: ScreenPorts,
  parameters: Parameters,
  answer: ConnectionsAnswer,
): Promise<Starts> {
  const { since, until } = answer.window;
  const isIn = (instant: Instant) => instant >= since && instant <= until;
  const startsOf = ({ connections }: ConnectionsAnswer) =>
    connections.map(({ establishedAt }) => establishedAt).filter(isIn);
  if (answer.cursor === undefined && answer.window.match !== 'ended') return { moments: startsOf(answer) };
  const moments: Instant[] = [];
  // Explicit, as a cursor belongs to its question.
  const question = { ...parameters, since, until, match: 'started', limit: String(MOST_ROWS) };
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const next = await askTrail(ports.ask, addressOf('/connections', { ...question, cursor }), connectionsAnswer);
    moments.push(...startsOf(next));
    cursor = next.cursor;
    if (cursor === undefined) return { moments };
  }
  return { moments, wholeFrom: moments.at(-1) };
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
