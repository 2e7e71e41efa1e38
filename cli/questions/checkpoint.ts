import { Command, Option } from 'commander';
import * as z from 'zod';
import { connectionsParameters } from '../../lambda/query/parameters/definitions.ts';
import { printableJson } from '../../words/printable.ts';
import type { ApiOptions } from '../api/find-api.ts';
import { check } from '../asking/complaints.ts';
import { beginInquiry, withApi } from '../asking/inquiry.ts';
import { withQuestionOptions } from '../asking/question-options.ts';
import type { Surroundings } from '../surroundings.ts';

const EXAMPLES = `
Whoever keeps it where nobody of the trail can change it finds later what is gone: verify --since-checkpoint takes what this prints, and
files with several. It covers every log that the trail has ever had.

Examples:
  cvpn-audit checkpoint > kept/$(date -u +%F)
  cvpn-audit checkpoint --stack ClientVpnAudit >> kept.txt
  cvpn-audit verify --since-checkpoint kept/*`;

interface CheckpointOptions extends ApiOptions {
  readonly endpoint?: string;
  readonly output: 'note' | 'json';
}

/** What either answer has. */
const noted = z.looseObject({ checkpoint: z.string() });

/** What it takes of the options of every question. */
const OF_THE_API = new Set(['api', 'stack', 'profile', 'region']);

/** `cvpn-audit checkpoint`: the one note that an auditor keeps. */
export function checkpointCommand(surroundings: Surroundings): Command {
  const command = new Command('checkpoint')
    .description('the newest signed checkpoint over all logs, for whoever keeps it')
    .option('--endpoint <id>', 'that of the log of this Client VPN endpoint alone');
  for (const option of withQuestionOptions(new Command()).options) {
    if (OF_THE_API.has(option.attributeName())) command.addOption(option);
  }
  return command
    .addOption(
      new Option('--output <format>', 'the signed note alone, or json, with what proves it')
        .choices(['note', 'json'])
        .default('note'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async ({ endpoint, output, ...options }: CheckpointOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      check('--endpoint', endpoint, connectionsParameters.endpoint, inquiry.complaints);
      const answer = await withApi(inquiry, (api) => api.ask(['checkpoints', endpoint ?? 'trail'], {}, noted));
      await surroundings.terminal.write(output === 'json' ? `${printableJson(answer, 2)}\n` : answer.checkpoint);
    });
}
