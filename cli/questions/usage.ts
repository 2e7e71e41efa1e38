import { Command } from 'commander';
import type { UsageSample } from '../../lambda/query/schemas/connection.ts';
import { type UsageAnswer, usageAnswer } from '../../lambda/query/schemas/connection.ts';
import { showBytes } from '../../words/amounts.ts';
import { timeField } from '../../words/list-text.ts';
import { printableJson } from '../../words/printable.ts';
import { notesOn } from '../../words/usage-periods.ts';
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
import { tableWidth } from '../output/format.ts';
import type { ListShape } from '../output/row-writer.ts';
import { writeRows } from '../output/row-writer.ts';
import type { Surroundings } from '../surroundings.ts';
import { wholeConnectionId } from './connection.ts';
import { bytesColumn } from './connection-columns.ts';
import { readSamples } from './read-samples.ts';
import { drawUsage } from './usage-drawing.ts';

const EXAMPLES = `
Sent is what the client sent (AWS's ingress, an upload), received what it received (egress, a download).

Examples:
  cvpn-audit usage cvpn-connection-0123456789abcdef0
  cvpn-audit usage cvpn-connection-0123456789abcdef0 --since 2026-11-22T08:00Z --until 2026-11-22T12:00Z
  cvpn-audit usage cvpn-connection-0123456789abcdef0 --output csv > usage.csv`;

/** `cvpn-audit usage ID`: bytes over time, sampled at each snapshot. */
export function usageCommand(surroundings: Surroundings): Command {
  const command = new Command('usage')
    .description('bytes of a connection over time, sampled at each snapshot')
    .argument('<id>', 'the connection, like cvpn-connection-0123456789abcdef0 or 0123456789abcdef0', wholeConnectionId);
  return withQuestionOptions(withWindowOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: QuestionOptions & WindowOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      const question = readWindow(inquiry, options);
      const answer = await withApi(inquiry, (api) =>
        readSamples(
          api,
          surroundings,
          { path: ['connections', id, 'usage'], question, schema: usageAnswer },
          { join: joinUsage, rowsOf: ({ samples }) => samples },
        ),
      );
      if (!answer.coverage.complete) surroundings.exit(EXIT.notComplete);
      await show(answer, inquiry);
    });
}

/** The totals are the last ones known; a page without samples knows none. */
function joinUsage(one: UsageAnswer, other: UsageAnswer): UsageAnswer {
  return { ...one, samples: [...one.samples, ...other.samples], totals: { ...one.totals, ...other.totals } };
}

async function show(answer: UsageAnswer, inquiry: Inquiry): Promise<void> {
  const { format, zone, surroundings } = inquiry;
  const { terminal } = surroundings;
  if (format === 'json') return terminal.write(`${printableJson(answer, 2)}\n`);
  const { samples, totals, expired, window, coverage } = answer;
  if (format === 'table' && samples.length > 1) {
    const drawing = drawUsage(samples, tableWidth(terminal), zone);
    await terminal.write(`${drawing.join('\n')}\n\n`);
  }
  await writeRows(usageShape(zone), samples, inquiry);
  sayCoverage(inquiry, coverage, window, [
    ...(samples.length === 0 ? ['There is no sample of it in this window.'] : [totalsLine(totals)]),
    ...(expired ? [`${expired} more samples have expired.`] : []),
  ]);
}

function totalsLine({ ingressBytes, egressBytes }: UsageAnswer['totals']): string {
  const [sent, received] = [ingressBytes, egressBytes].map((bytes) => showBytes(bytes) || 'not known');
  return `In total: sent (upload) ${sent}, received (download) ${received}.`;
}

/** How samples are written: what passed since the sample before, and the counters as they stood. */
function usageShape(zone: string): ListShape<UsageSample> {
  return {
    name: 'samples',
    columns: [
      timeColumn('AT', 1, zone, ({ at }, show) => show(at)),
      { ...bytesColumn('SENT (upload)', ({ since }) => since?.ingressBytes), rank: 1 },
      { ...bytesColumn('RECEIVED (download)', ({ since }) => since?.egressBytes), rank: 1 },
      bytesColumn('SENT, TOTAL', ({ ingressBytes }) => ingressBytes),
      bytesColumn('RECEIVED, TOTAL', ({ egressBytes }) => egressBytes),
      { header: 'NOTE', rank: 2, least: 12, cell: ({ since }) => notesOn(since) },
      { header: 'STATUS', rank: 6, least: 10, cell: ({ status }) => status ?? '' },
    ],
    fields: [
      timeField('at', zone, (row) => row.at),
      timeField('slot', zone, (row) => row.slot),
      { name: 'status', value: (row) => row.status },
      { name: 'seconds_since_last', value: (row) => row.since?.seconds },
      { name: 'ingress_bytes_sent_since_last', value: (row) => row.since?.ingressBytes },
      { name: 'egress_bytes_received_since_last', value: (row) => row.since?.egressBytes },
      { name: 'across_gap', value: (row) => row.since?.acrossGap },
      { name: 'reset', value: (row) => row.since?.reset },
      { name: 'ingress_bytes_sent', value: (row) => row.ingressBytes },
      { name: 'egress_bytes_received', value: (row) => row.egressBytes },
      { name: 'ingress_packets_sent', value: (row) => row.ingressPackets },
      { name: 'egress_packets_received', value: (row) => row.egressPackets },
    ],
  };
}
