import { Command } from 'commander';
import { connectionsParameters } from '../../lambda/query/parameters/definitions.ts';
import { type AccessesAnswer, accessesAnswer } from '../../lambda/query/schemas/trail.ts';
import { showInZone } from '../../lambda/trail/time-zone.ts';
import { timeField } from '../../words/list-text.ts';
import { check } from '../asking/complaints.ts';
import { beginInquiry, readWindow, withApi } from '../asking/inquiry.ts';
import {
  type ListOptions,
  type WindowOptions,
  withListOptions,
  withQuestionOptions,
  withWindowOptions,
} from '../asking/question-options.ts';
import { timeColumn } from '../asking/show-time.ts';
import { walkPages } from '../asking/walk-pages.ts';
import type { ListShape } from '../output/row-writer.ts';
import type { Surroundings } from '../surroundings.ts';

const EXAMPLES = `
This question is noted itself.

Examples:
  cvpn-audit accesses --since 24h
  cvpn-audit accesses --since 2026-11-01 --until 2026-11-30 --all --output csv > november.csv`;

/** `cvpn-audit accesses`: who read the trail. */
export function accessesCommand(surroundings: Surroundings): Command {
  const command = withWindowOptions(
    new Command('accesses').description('who read the trail: who asked what, and when'),
  );
  return withQuestionOptions(withListOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (options: ListOptions & WindowOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      const { zone, format } = inquiry;
      const { limit, cursor, all } = options;
      check('--limit', limit, connectionsParameters.limit, inquiry.complaints);
      check('--cursor', cursor, connectionsParameters.cursor, inquiry.complaints);
      const question = { ...readWindow(inquiry, options), limit, cursor };
      const { window, rows } = await withApi(inquiry, (api) =>
        walkPages(
          {
            command: 'accesses',
            noun: 'access',
            question,
            isAll: all === true,
            shape: shapeOf(zone),
            ask: async (asked) => {
              const answer = await api.ask(['accesses'], asked, accessesAnswer);
              return { ...answer, rows: answer.accesses };
            },
          },
          inquiry,
        ),
      );
      if (format === 'json') return;
      const { terminal } = surroundings;
      if (rows === 0) terminal.notice('Nobody asked.');
      terminal.notice(`Searched ${showInZone(window.since, zone)} to ${showInZone(window.until, zone)}.`);
    });
}

function shapeOf(zone: string): ListShape<AccessesAnswer['accesses'][number]> {
  return {
    name: 'accesses',
    columns: [
      timeColumn('AT', 1, zone, ({ at }, show) => show(at)),
      { header: 'WHO', rank: 1, least: 16, cell: ({ principal }) => principal },
      { header: 'ROWS', rank: 3, least: 5, align: 'right', cell: ({ rows }) => String(rows) },
      { header: 'QUESTION', rank: 2, least: 20, cell: ({ question }) => question },
    ],
    fields: [
      timeField('at', zone, (row) => row.at),
      { name: 'principal', value: (row) => row.principal },
      { name: 'question', value: (row) => row.question },
      { name: 'rows', value: (row) => row.rows },
      { name: 'request_id', value: (row) => row.requestId },
    ],
  };
}
