import { html } from 'hono/html';
import type { Instant } from '../../lambda/trail/time.ts';
import { DEFAULT_ZONE, showInZone } from '../../lambda/trail/time-zone.ts';
import { type EndpointLabels, shortId } from '../../words/endpoint-labels.ts';
import { printable } from '../../words/printable.ts';
import { linkTo, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';

/** An instant in the page's zone, always with Z or the offset. The script shows the reader's local time when it is pointed at. */
export function showTime({ zone }: Pick<ScreenQuestion, 'zone'>, instant: Instant): Html {
  return html`<time datetime="${instant}">${showInZone(instant, zone).replace('T', ' ')}</time>`;
}

/** A window of time; a moment where both ends are equal. */
export function showWindow(question: Pick<ScreenQuestion, 'zone'>, since: Instant, until: Instant): Html {
  if (since === until) return html`at ${showTime(question, since)}`;
  return html`${showTime(question, since)} to ${showTime(question, until)}`;
}

/** The zone of the page, for headers: `UTC`, `Europe/Berlin`. */
export function zoneName({ zone }: Pick<ScreenQuestion, 'zone'>): string {
  return zone === DEFAULT_ZONE ? 'UTC' : zone;
}

const BREAK = html`<wbr>`;
/** Characters of a word that a column has room for. */
const LONGEST_WORD = 24;

/**
 * A text that others wrote, like a name in a certificate: escaped, set apart so that its direction turns nothing else round, what
 * cannot be seen written out as `\u{202E}`, and with places to break after dots, dashes and @.
 */
export function showName(text: string): Html {
  const pieces = printable(text)
    .split(/(?<=[.@/_-])(?=.)/)
    .flatMap((piece, index) => (index === 0 ? [piece] : [BREAK, piece]));
  // What has no place to break may break anywhere; a table keeps the words of the others whole.
  const longest = Math.max(0, ...pieces.map((piece) => (typeof piece === 'string' ? piece.length : 0)));
  return html`<bdi${longest > LONGEST_WORD ? html` class="long"` : ''}>${pieces}</bdi>`;
}

/** An endpoint by its name, with its id when it is pointed at; `labels` are those of {@link askEndpoints}. */
export function showEndpoint(labels: EndpointLabels, endpointId: string): Html {
  return html`<span title="${printable(endpointId)}">${showName(labels.get(endpointId) ?? shortId(endpointId))}</span>`;
}

/** The path of one connection's page. */
export function connectionPath(connectionId: string): string {
  return `/ui/connections/${encodeURIComponent(connectionId)}`;
}

/** A link that keeps the page's zone. */
export function link(
  question: Pick<ScreenQuestion, 'zone'>,
  path: string,
  text: Html | string,
  parameters: Parameters<typeof linkTo>[2] = {},
): Html {
  return html`<a href="${linkTo(question, path, parameters)}">${text}</a>`;
}
