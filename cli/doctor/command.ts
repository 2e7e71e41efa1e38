import { Command } from 'commander';
import { toInstant } from '../../lambda/trail/time.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible, untilInterrupted } from '../interruption.ts';
import type { Surroundings } from '../surroundings.ts';
import { type ArchiveOptions, type TrailOptions, withArchiveOption, withTrailOptions } from '../trail-options.ts';
import { collectKeys } from '../verify/read-public-key.ts';
import { reportFormat } from '../verify/report.ts';
import { examine } from './examine.ts';
import { reportExamination } from './report.ts';

interface DoctorOptions extends TrailOptions, ArchiveOptions {
  readonly stack?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly key?: readonly Uint8Array[];
  readonly output?: string;
}

const EXAMPLES = `
Exit code 0: nothing was found; 3: something was; 1: it could not be examined. What could not be checked is named, with what it needs.
It reads, and changes nothing. The permissions that it needs: docs/operating.md.

Examples:
  cvpn-audit doctor
  cvpn-audit doctor --stack ClientVpnAudit --key "$(cat public-key.txt)"
  cvpn-audit doctor --stack ClientVpnAudit --output json | jq '.findings[].what'`;

/** `cvpn-audit doctor`: what is not as it should be, what it means and what to do. */
export function doctorCommand(surroundings: Surroundings): Command {
  const command = new Command('doctor').description(
    'examines a trail from outside: says what is wrong, what it means and what to do',
  );
  return withArchiveOption(withTrailOptions(command))
    .option('--stack <name>', 'a deployed trail: the CloudFormation stack that says where it is')
    .option('--profile <name>', 'AWS profile')
    .option('--region <region>', 'AWS Region')
    .option('--key <key>', 'public key that you have kept: base64, verifier key or PEM file; repeatable', collectKeys)
    .option('--output <format>', 'table or json (default: table on a terminal, json in a pipe)')
    .addHelpText('after', EXAMPLES)
    .action((options: DoctorOptions) => examineTrail(options, surroundings));
}

async function examineTrail(options: DoctorOptions, surroundings: Surroundings): Promise<void> {
  const { terminal, now, timeout, exit } = surroundings;
  const format = reportFormat(options.output, terminal);
  const practice = await openPractice(options, surroundings);
  const { checks, place } = practice;
  try {
    const onCheck = (name: string, done: number) => terminal.count(`${done} of ${checks.length} checked: ${name} …`);
    const examination = await interruptible((signal) =>
      untilInterrupted(examine(checks, { timeout, onCheck }), signal),
    );
    await reportExamination({ ...examination, place, at: toInstant(now()) }, format, terminal);
    const { findings, fine } = examination;
    if (findings.length > 0) exit(EXIT.findingMade);
    else if (fine.length === 0) throw new Error(`Nothing of ${place} could be checked.`);
  } finally {
    await practice.close();
  }
}

async function openPractice(options: DoctorOptions, { now, terminal }: Surroundings) {
  const { key: keys = [], stack } = options;
  if (stack !== undefined) {
    const { deployedChecks } = await import('./deployed/checks.ts');
    return deployedChecks(stack, options, { now, keys });
  }
  const { localChecks } = await import('./local.ts');
  return localChecks(options, { now, keys, env: terminal.env });
}
