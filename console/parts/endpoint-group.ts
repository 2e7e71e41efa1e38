import { html } from 'hono/html';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import type { EndpointAnswer } from '../../lambda/query/schemas/trail.ts';
import { secondsBetween } from '../../lambda/trail/time.ts';
import { count, showBytes } from '../../words/amounts.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import type { ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';
import { connectionColumns } from './connection-columns.ts';
import { type SortableColumn, sortTable } from './sorting.ts';
import type { Pace, Speed } from './speeds.ts';
import { table } from './table.ts';
import { showEndpoint, showTime } from './texts.ts';

/** What is shown of an endpoint. */
export interface Group {
  readonly endpoint: EndpointAnswer;
  readonly own: readonly ConnectionAnswer[];
  readonly pace: Pace | undefined;
  readonly labels: EndpointLabels;
  /** Whether the answer is complete: only then is nobody there. */
  readonly isComplete: boolean;
}

/** An endpoint with who is connected to it. */
export function endpointGroup(question: ScreenQuestion, { endpoint, own, pace, labels, isComplete }: Group): Html {
  const { endpointId, lastSnapshotAt, clientCidrBlock = '' } = endpoint;
  const facts = [
    clientCidrBlock,
    lastSnapshotAt === undefined ? 'not recorded yet' : html`as of ${showTime(question, lastSnapshotAt)}`,
    ...(pace?.between
      ? [html`speed: mean of the ${showAge(secondsBetween(...pace.between))} before`]
      : [`speed not known${pace?.unknown === undefined ? '' : `: ${pace.unknown}`}`]),
  ];
  const heading = html`<h2>${showEndpoint(labels, endpointId)} <span class="muted">${count(own.length, 'connection')}</span></h2>`;
  const about = html`<p class="muted facts">${facts.map((fact) => html`<span>${fact}</span> `)}</p>`;
  if (own.length === 0) {
    const words = isComplete
      ? 'Nobody is connected.'
      : 'Nobody is known to be connected, and that is not certain: see above.';
    return html`<section class="group">${heading}${about}<p>${words}</p></section>`;
  }
  const sorted = sortTable(question, columnsOf(question, labels, pace), own);
  const caption = html`<span class="unseen">${showEndpoint(labels, endpointId)}, ${sorted.isSorted ? 'sorted as chosen' : 'newest first'}</span>`;
  return html`<section class="group">${heading}${about}${table({ caption, columns: sorted.columns, rows: sorted.rows })}</section>`;
}

/** The columns of all connections, those of who is still there, and how fast. */
const COLUMNS = ['who', 'address', 'start', 'lasted', 'sent', 'received'];

function columnsOf(question: ScreenQuestion, labels: EndpointLabels, pace: Pace | undefined) {
  const all = connectionColumns(question, labels);
  const speed = (column: string, header: string, name: keyof Speed): SortableColumn<ConnectionAnswer> => ({
    name: column,
    header,
    align: 'right',
    cell: ({ connectionId }) => showSpeed(pace?.speeds.get(connectionId)?.[name]),
    sortBy: ({ connectionId }) => pace?.speeds.get(connectionId)?.[name],
  });
  return [
    ...COLUMNS.flatMap((wanted) => all.find(({ name }) => name === wanted) ?? []),
    speed('up', 'Sending', 'ingressBytes'),
    speed('down', 'Receiving', 'egressBytes'),
  ];
}

/** Bytes a second for people; empty if unknown. */
export function showSpeed(bytes: number | undefined): string {
  return bytes === undefined ? '' : `${showBytes(Math.round(bytes))}/s`;
}

/** How long ago, for people: seconds, then whole minutes. The script goes on counting. */
export function showAge(seconds: number): string {
  return seconds < 90 ? `${Math.floor(seconds)} s` : `${Math.floor(seconds / 60)} min`;
}
