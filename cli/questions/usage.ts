import { Command } from 'commander';
import { type UsageAnswer, usageAnswer } from '../../lambda/query/schemas/connection.ts';
import { beginInquiry, type Inquiry, readWindow, withApi } from '../asking/inquiry.ts';
import {
  type QuestionOptions,
  type WindowOptions,
  withQuestionOptions,
  withWindowOptions,
} from '../asking/question-options.ts';
import { sayCoverage } from '../asking/say-coverage.ts';
import { EXIT } from '../exit-codes.ts';
import { showBytes } from '../output/amounts.ts';
import { tableWidth } from '../output/format.ts';
import { toJson } from '../output/json.ts';
import { rowWriter } from '../output/row-writer.ts';
import type { Surroundings } from '../surroundings.ts';
import { readSamples } from './read-samples.ts';
import { usageShape } from './usage-columns.ts';
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
    .argument('<id>', 'the connection, like cvpn-connection-0123456789abcdef0');
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
  if (format === 'json') {
    await terminal.write(`${toJson(answer, 2)}\n`);
    return;
  }
  const { samples, totals, expired, window, coverage } = answer;
  if (format === 'table' && samples.length > 1) {
    const drawing = drawUsage(samples, tableWidth(terminal), zone);
    await terminal.write(`${drawing.join('\n')}\n\n`);
  }
  const writer = rowWriter(usageShape(zone), format, terminal);
  await writer.write(samples);
  await writer.end({});
  sayCoverage(inquiry, coverage, window, [
    ...(samples.length === 0 ? ['There is no sample of it in this window.'] : [totalsLine(totals)]),
    ...(expired ? [`${expired} more samples have expired.`] : []),
  ]);
}

function totalsLine({ ingressBytes, egressBytes }: UsageAnswer['totals']): string {
  const [sent, received] = [ingressBytes, egressBytes].map((bytes) => showBytes(bytes) || 'not known');
  return `In total: sent (upload) ${sent}, received (download) ${received}.`;
}
