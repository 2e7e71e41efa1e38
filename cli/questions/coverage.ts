import { Command } from 'commander';
import { connectionsParameters } from '../../lambda/query/parameters/definitions.ts';
import { type CoverageAnswer, coverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import { EXIT } from '../exit-codes.ts';
import { toJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import { rowWriter } from '../output/row-writer.ts';
import { showInZone } from '../time-zone.ts';
import { check } from './complaints.ts';
import { stretchesOf, stretchShape } from './coverage-stretches.ts';
import { beginInquiry, type Inquiry, readWindow, withApi } from './inquiry.ts';
import {
  collect,
  type QuestionOptions,
  type WindowOptions,
  withQuestionOptions,
  withWindowOptions,
} from './question-options.ts';
import type { Surroundings } from './surroundings.ts';

interface CoverageOptions extends QuestionOptions, WindowOptions {
  readonly endpoint?: readonly string[];
}

const EXAMPLES = `
Exit code 3: there is a gap. Exit code 4: there is none, but the window reaches past what is known.

Examples:
  cvpn-audit coverage
  cvpn-audit coverage --since 2026-11-01 --until 2026-11-30
  cvpn-audit coverage --since 24h --output json || alert`;

/** `cvpn-audit coverage`: what is proven, and every gap with its reason. */
export function coverageCommand(surroundings: Surroundings): Command {
  const command = new Command('coverage')
    .description('which time is proven, and every gap with its reason')
    .option('--endpoint <id>', 'Client VPN endpoint; repeatable', collect);
  return withQuestionOptions(withWindowOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (options: CoverageOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      check('--endpoint', options.endpoint, connectionsParameters.endpoint, inquiry.complaints);
      const question = { endpoint: options.endpoint, ...readWindow(inquiry, options) };
      const answer = await withApi(inquiry, (api) => api.ask(['coverage'], question, coverageAnswer));
      await show(answer, inquiry);
      const hasGap = answer.endpoints.some(({ gaps }) => gaps.length > 0);
      if (!answer.complete) surroundings.exit(hasGap ? EXIT.gapFound : EXIT.notComplete);
    });
}

async function show(answer: CoverageAnswer, { format, zone, surroundings: { terminal } }: Inquiry): Promise<void> {
  if (format === 'json') {
    await terminal.write(`${toJson(answer, 2)}\n`);
    return;
  }
  const writer = rowWriter(stretchShape(zone), format, terminal);
  await writer.write(answer.endpoints.flatMap(stretchesOf));
  await writer.end({});
  const mark = answer.complete ? (line: string) => line : terminal.warning;
  for (const line of summary(answer, zone)) terminal.notice(mark(printable(line)));
}

function summary({ window, complete, endpoints, assumptions }: CoverageAnswer, zone: string): string[] {
  const gaps = endpoints.flatMap((endpoint) => endpoint.gaps).length;
  const isPending = endpoints.some(({ pendingSince }) => pendingSince !== undefined && pendingSince < window.until);
  const verdict = [
    ...(gaps > 0 ? [`${gaps} ${gaps === 1 ? 'gap' : 'gaps'}`] : []),
    ...(isPending ? ['the newest time is not known yet'] : []),
  ].join('; ');
  const searched = `Searched ${showInZone(window.since, zone)} to ${showInZone(window.until, zone)}`;
  const statement = complete ? 'complete.' : `NOT COMPLETE${verdict === '' ? '' : `: ${verdict}`}.`;
  return [`${searched}: ${statement}`, ...assumptions.map((assumption) => `  given that: ${assumption}`)];
}
