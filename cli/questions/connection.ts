import { Command } from 'commander';
import type { Evidence } from '../../lambda/query/schemas/connection.ts';
import { type ConnectionDetails, connectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { printableJson } from '../../words/printable.ts';
import { beginInquiry, type Inquiry, readWindow, withApi } from '../asking/inquiry.ts';
import {
  type QuestionOptions,
  type WindowOptions,
  withQuestionOptions,
  withWindowOptions,
} from '../asking/question-options.ts';
import { sayCoverage } from '../asking/say-coverage.ts';
import { timeColumn } from '../asking/show-time.ts';
import { EXIT } from '../exit-codes.ts';
import type { ListShape } from '../output/row-writer.ts';
import { writeRows } from '../output/row-writer.ts';
import type { Surroundings } from '../surroundings.ts';
import { connectionFields } from './connection-fields.ts';
import { connectionLines } from './connection-lines.ts';
import { askHistory } from './history.ts';

interface ConnectionOptions extends QuestionOptions, WindowOptions {
  readonly history?: true;
}

const EXAMPLES = `
Examples:
  cvpn-audit connection cvpn-connection-0123456789abcdef0
  cvpn-audit connection cvpn-connection-0123456789abcdef0 --output json
  cvpn-audit connection cvpn-connection-0123456789abcdef0 --history --since 2026-11-22T08:00Z`;

/** An id as tables show it, without what all have in common, is taken too. */
export function wholeConnectionId(id: string): string {
  return /^[0-9a-f]{8,17}$/.test(id) ? `cvpn-connection-${id}` : id;
}

/** `cvpn-audit connection ID`: one connection, every field, and the snapshots that prove it. */
export function connectionCommand(surroundings: Surroundings): Command {
  const command = new Command('connection')
    .description('one connection: every field, and the snapshots that prove it')
    .argument('<id>', 'the connection, like cvpn-connection-0123456789abcdef0 or 0123456789abcdef0', wholeConnectionId)
    .option('--history', 'each sighting, as AWS gave it');
  return withQuestionOptions(withWindowOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: ConnectionOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      const window = readWindow(inquiry, options);
      if (options.history) {
        await withApi(inquiry, (api) => askHistory(api, inquiry, id, window));
        return;
      }
      refuseWindow(inquiry, options);
      const answer = await withApi(inquiry, (api) => api.ask(['connections', id], {}, connectionAnswer));
      if (!answer.coverage.complete) surroundings.exit(EXIT.notComplete);
      await show(answer, inquiry);
    });
}

function refuseWindow({ complaints }: Inquiry, options: WindowOptions): void {
  for (const name of ['since', 'until'] as const) {
    if (options[name] !== undefined) {
      complaints.say(`--${name} ${options[name]} was given without --history, and has a meaning only with it.`);
    }
  }
}

async function show(answer: ConnectionDetails, inquiry: Inquiry): Promise<void> {
  const { format, zone, surroundings } = inquiry;
  const { terminal } = surroundings;
  if (format === 'json') return terminal.write(`${printableJson(answer, 2)}\n`);
  if (format === 'table') {
    await terminal.write(`${connectionLines(answer.connection, zone, terminal).join('\n')}\n\n`);
    await writeRows(evidenceShape(zone), answer.snapshots, inquiry);
  } else {
    const shape = { name: 'connections', columns: [], fields: connectionFields(zone) };
    await writeRows(shape, [answer.connection], inquiry);
  }
  sayCoverage(inquiry, answer.coverage, answer.window);
}

/** How the snapshots that prove a connection are shown. */
function evidenceShape(zone: string): ListShape<Evidence> {
  return {
    name: 'snapshots',
    columns: [
      timeColumn('PROVEN BY SNAPSHOT', 1, zone, ({ slot }, show) => show(slot)),
      { header: 'ENTRY', rank: 1, least: 6, align: 'right', cell: ({ entry }) => String(entry) },
      { header: 'LEAF HASH (SHA-256)', rank: 2, least: 16, cell: ({ leafHash }) => leafHash },
      {
        header: 'CHUNK',
        rank: 3,
        least: 8,
        cell: ({ chunk, chunkIndex, expired }) => (expired ? 'expired' : `${chunkIndex ?? ''} ${chunk ?? ''}`.trim()),
      },
    ],
    fields: [],
  };
}
