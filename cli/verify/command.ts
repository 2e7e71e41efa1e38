import { Command } from 'commander';
import { connectionsParameters } from '../../lambda/query/parameters/definitions.ts';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import { toError } from '../../lambda/trail/to-error.ts';
import { isTrailName } from '../../lambda/trail/trail-log.ts';
import { type CollectedFindings, collectFindings } from '../../verification/findings.ts';
import { readKeptCheckpoints } from '../../verification/log/kept-checkpoints.ts';
import { readTextFile } from '../../verification/read-text-file.ts';
import { type VerifyOutcome, verifyTrail } from '../../verification/verify-trail.ts';
import { count } from '../../words/amounts.ts';
import { optionOf } from '../../words/command-line.ts';
import { Interrupted } from '../api/api-failure.ts';
import { type Complaints, check, noComplaints } from '../asking/complaints.ts';
import { readWindow } from '../asking/inquiry.ts';
import { collect, withWindowOptions } from '../asking/question-options.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible, untilInterrupted } from '../interruption.ts';
import type { Surroundings } from '../surroundings.ts';
import { withArchiveOption, withTrailOptions } from '../trail-options.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { type EvidenceOptions, openEvidencePlace } from './evidence-place.ts';
import { collectKeys } from './read-public-key.ts';
import { reportFormat, reportTrail } from './report.ts';

interface VerifyCommandOptions extends EvidenceOptions {
  readonly key?: readonly Uint8Array[];
  readonly endpoint?: readonly string[];
  readonly sinceCheckpoint?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly output?: string;
}

/** Those that are about a trail, not about an export. */
const OF_A_TRAIL = ['sinceCheckpoint', 'stack', 'archive', 'archiveOnly', 'since', 'until', 'endpoint'] as const;

const EXAMPLES = `
Without FILE: every snapshot against its signature and the archive, every chunk against its hash, every connection against
the log it was made from. With FILE: an export, offline; if FILE is a folder: the pack of cvpn-audit audit. Exit code 3: something is
wrong with what is there; 1: there is nothing to judge (no log, no export, or no manifest beside it), or it could not be reached.

Examples:
  cvpn-audit verify
  cvpn-audit verify --stack ClientVpnAudit --key "$(cat public-key.txt)"
  cvpn-audit verify --since-checkpoint kept/2026-11-*
  cvpn-audit verify --archive s3://my-archive --archive-only --since 30d
  cvpn-audit verify connections.csv --key public-key.pem`;

/** `cvpn-audit verify`: proves the trail, or an export. */
export function verifyCommand(surroundings: Surroundings): Command {
  const command = new Command('verify')
    .description('proves that the trail, or an export, is what was recorded and signed')
    .argument('[file]', 'an export, or the folder of an audit; without it the trail');
  withWindowOptions(withArchiveOption(withTrailOptions(command)))
    .option('--stack <name>', 'a deployed trail: the CloudFormation stack that says where it is')
    .option('--profile <name>', 'AWS profile')
    .option('--region <region>', 'AWS Region')
    .option('--archive-only', 'the archive alone, without the tables')
    .option(
      '--key <key>',
      'public key that must have signed: base64, verifier key or PEM file; repeatable',
      collectKeys,
    )
    .option('--endpoint <id>', 'Client VPN endpoint; repeatable', collect)
    .option(
      '--since-checkpoint <files...>',
      'checkpoints that you kept (signed notes): the trail must still contain what they cover',
    )
    .option('--output <format>', 'table or json (default: table on a terminal, json in a pipe)');
  return command
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: VerifyCommandOptions) => {
      if (file === undefined) await verifyWholeTrail(options, surroundings);
      else await verifyFile(file, options, surroundings);
    });
}

async function verifyFile(file: string, options: VerifyCommandOptions, surroundings: Surroundings): Promise<void> {
  const wrong = OF_A_TRAIL.find((name) => options[name] !== undefined);
  if (wrong) {
    throw new WrongUsage(`${optionOf(wrong)} was given beside the export ${file}; it is about a trail.`);
  }
  const { verifyOneExport } = await import('./verify-one-export.ts');
  await verifyOneExport(file, options.key ?? [], reportFormat(options.output, surroundings.terminal), surroundings);
}

async function verifyWholeTrail(options: VerifyCommandOptions, surroundings: Surroundings): Promise<void> {
  const { terminal, now, exit } = surroundings;
  const complaints = noComplaints();
  check('--endpoint', options.endpoint, connectionsParameters.endpoint, complaints);
  const kept = readKept(options, complaints);
  const window = readWindow({ surroundings, zone: DEFAULT_ZONE, complaints }, options);
  complaints.raise();
  const format = reportFormat(options.output, terminal);
  const place = await openEvidencePlace(options, terminal.env);
  const findings = collectFindings((text) => terminal.count(text));
  try {
    const { store, archive, location } = place;
    const wanted = { keys: options.key ?? [], endpoints: options.endpoint, kept, ...window };
    const outcome = await interruptible((signal) =>
      untilInterrupted(verifyTrail({ store, archive, now, findings, signal }, wanted), signal),
    );
    checkAnything(outcome, findings, options, location);
    const isPinned = options.key !== undefined;
    await reportTrail(
      { ...outcome, isPinned, endpoints: options.endpoint, window, place: location },
      findings,
      format,
      terminal,
    );
    if (findings.faults.length > 0) exit(EXIT.proofFailed);
  } catch (error) {
    if (error instanceof Interrupted) terminal.notice(`Interrupted; ${count(findings.faults.length, 'fault')} so far.`);
    throw error;
  } finally {
    await place.close();
  }
}

const KEPT_EXPECTED =
  'expected signed checkpoints of logs (C2SP tlog-checkpoint), one or several, as cvpn-audit checkpoint prints them';

/** The checkpoints that the verifier kept; reports files that hold anything else. */
function readKept({ sinceCheckpoint = [], endpoint: wanted }: VerifyCommandOptions, complaints: Complaints) {
  return sinceCheckpoint.flatMap((file) => {
    try {
      const kept = readKeptCheckpoints(readTextFile(file, 'checkpoints'), file);
      const other = kept.find(({ endpointId: id }) => !isTrailName(id) && wanted?.includes(id) === false);
      if (!other) return kept;
      complaints.say(
        `--since-checkpoint names ${file}, which has a checkpoint of ${other.endpointId}; --endpoint leaves that out.`,
      );
    } catch (error) {
      complaints.say(
        `--since-checkpoint names ${file}, which cannot be read: ${toError(error).message}; ${KEPT_EXPECTED}.`,
      );
    }
    return [];
  });
}

/** An empty trail proves nothing: a typo in a place or an endpoint must not look like success. */
function checkAnything(
  { logs }: VerifyOutcome,
  { faults }: CollectedFindings,
  { endpoint: wanted = [] }: VerifyCommandOptions,
  location: string,
): void {
  const found = [...logs, ...faults].map(({ endpointId }) => endpointId);
  const missing = wanted.filter((one) => !found.includes(one));
  if (missing.length > 0) throw new Error(`There is no log of ${missing.join(' and ')} in ${location}.`);
  if (logs.length > 0 || faults.length > 0) return;
  throw new Error(`There is no log in ${location}: nothing was recorded yet, or it is another place.`);
}
