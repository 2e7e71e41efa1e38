import { type HistoryAnswer, historyAnswer } from '../../lambda/query/schemas/connection.ts';
import { count } from '../../words/amounts.ts';
import { timeField } from '../../words/list-text.ts';
import { printableJson } from '../../words/printable.ts';
import type { Api } from '../api/client.ts';
import type { ApiQuestion } from '../api/question.ts';
import type { Inquiry } from '../asking/inquiry.ts';
import { sayCoverage } from '../asking/say-coverage.ts';
import { timeColumn } from '../asking/show-time.ts';
import { EXIT } from '../exit-codes.ts';
import { type ListShape, writeRows } from '../output/row-writer.ts';
import { bytesColumn } from './connection-columns.ts';
import { readSamples } from './read-samples.ts';

type AnsweredSighting = HistoryAnswer['sightings'][number];

/** Asks for each sighting of a connection, and writes them. */
export async function askHistory(api: Api, inquiry: Inquiry, id: string, window: ApiQuestion): Promise<void> {
  const { zone, surroundings } = inquiry;
  const answer = await readSamples(
    api,
    surroundings,
    { path: ['connections', id, 'history'], question: window, schema: historyAnswer },
    {
      join: (one, other) => ({ ...one, sightings: [...one.sightings, ...other.sightings] }),
      rowsOf: ({ sightings }) => sightings,
    },
  );
  if (!answer.coverage.complete) surroundings.exit(EXIT.notComplete);
  const { sightings, ...rest } = answer;
  await writeRows(sightingShape(zone), sightings, inquiry, rest);
  const expired = answer.expired ? [`The rows of ${answer.expired} more snapshots have expired.`] : [];
  sayCoverage(inquiry, answer.coverage, answer.window, [
    `${count(sightings.length, 'sighting')} of ${answer.connectionId}.`,
    ...expired,
  ]);
}

function sightingShape(zone: string): ListShape<AnsweredSighting> {
  return {
    name: 'sightings',
    columns: [
      timeColumn('SNAPSHOT', 1, zone, ({ slot }, show) => show(slot)),
      { header: 'ENTRY', rank: 6, least: 6, align: 'right', cell: ({ entry }) => String(entry) },
      { header: 'STATUS', rank: 2, least: 10, cell: ({ row }) => statusOf(row.status) },
      { header: "AWS'S TIMESTAMP", rank: 3, least: 19, cell: ({ row }) => elementText(row.timestamp) },
      bytesColumn('SENT (upload)', ({ row }) => countOf(row.ingressBytes)),
      bytesColumn('RECEIVED (download)', ({ row }) => countOf(row.egressBytes)),
      { header: 'CHUNK', rank: 7, least: 16, tooWide: 'cut', cell: ({ chunk }) => chunk },
    ],
    fields: [
      timeField('slot', zone, (row) => row.slot),
      { name: 'entry', value: (row) => row.entry },
      timeField('capture_started_at', zone, (row) => row.s),
      timeField('capture_finished_at', zone, (row) => row.f),
      { name: 'chunk', value: (row) => row.chunk },
      { name: 'row', value: (row) => printableJson(row.row) },
    ],
  };
}

/** AWS's elements are texts; what is none is shown as it is. */
function elementText(element: unknown): string {
  if (element === undefined) return '';
  return typeof element === 'string' ? element : printableJson(element);
}

function statusOf(status: unknown): string {
  const { code } = Object(status) as { code?: unknown };
  return elementText(code ?? status);
}

function countOf(element: unknown): bigint | undefined {
  return typeof element === 'string' && /^\d+$/.test(element) ? BigInt(element) : undefined;
}
