import { Command, InvalidArgumentError, Option } from 'commander';
import { type FindingsReport, RULE_NAMES, reportFindings } from '../../reports/findings/findings.ts';
import { findingsFile } from '../../reports/findings/findings-file.ts';
import type { Finding } from '../../reports/findings/rule.ts';
import {
  MEBIBYTE,
  THRESHOLDS,
  type ThresholdName,
  type Thresholds,
  USUAL_DAYS,
} from '../../reports/findings/thresholds.ts';
import { count, exactDuration } from '../../words/amounts.ts';
import { optionOf } from '../../words/command-line.ts';
import { shortId } from '../../words/endpoint-labels.ts';
import { withEndpoints } from '../asking/endpoint-options.ts';
import { beginInquiry } from '../asking/inquiry.ts';
import { collect, type QuestionOptions } from '../asking/question-options.ts';
import { timeColumn } from '../asking/show-time.ts';
import { readDuration, readNumber } from '../option-values.ts';
import type { Column } from '../output/table.ts';
import type { Surroundings } from '../surroundings.ts';
import { makeReport, type ReportOptions, readReportQuestion, withReportOptions } from './make-report.ts';

type FindingsOptions = QuestionOptions &
  ReportOptions & { readonly rule?: readonly string[] } & { readonly [Name in ThresholdName]: number };

const EXAMPLES = `
Without --since the window is the last ${USUAL_DAYS} days. A finding is a reason to look, no verdict: each names the connections that it rests on.
What rests on an identity's past says so where a gap makes it uncertain. Exit code 4: the window touches a gap, or what is not yet known.

Examples:
  cvpn-audit report findings
  cvpn-audit report findings --since 30d --rule two-places --rule first-connection
  cvpn-audit report findings --since 2026-11-01 --until 2026-11-30 --history 180d --longer-than 12h --output csv > findings.csv`;

/** `cvpn-audit report findings`: what stands out, by rules. */
export function findingsReportCommand(surroundings: Surroundings): Command {
  const command = withEndpoints(
    new Command('findings')
      .description(
        'what stands out in a window, by rules: in two places, first connections, unusual hours and volume, and more',
      )
      .addOption(new Option('--rule <name>', 'only this rule; repeatable').choices(RULE_NAMES).argParser(readRule)),
    'only connections to this Client VPN endpoint; repeatable',
  );
  for (const name of Object.keys(THRESHOLDS) as ThresholdName[]) command.addOption(optionFor(name));
  return withReportOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: FindingsOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      const { since = '', ...question } = readReportQuestion(inquiry, {
        ...options,
        since: options.since ?? `${USUAL_DAYS}d`,
      });
      const thresholds = Object.fromEntries(
        Object.keys(THRESHOLDS).map((name) => [name, options[name as ThresholdName]]),
      ) as Thresholds;
      await makeReport(
        inquiry,
        (ports) => reportFindings(ports, { ...question, since, thresholds, rules: options.rule }),
        { file: findingsFile, columns: () => findingColumns(inquiry.zone), summary: summaryOf },
      );
    });
}

function readRule(name: string, before: readonly string[] | undefined): readonly string[] {
  if (!RULE_NAMES.includes(name)) throw new InvalidArgumentError(`Expected one of ${RULE_NAMES.join(', ')}.`);
  return collect(name, before);
}

/** The option of a threshold. */
function optionFor(name: ThresholdName): Option {
  const { kind, byDefault, says } = THRESHOLDS[name];
  const option = (value: string) => new Option(`${optionOf(name)} <${value}>`, says);
  if (kind === 'seconds')
    return option('duration').argParser(readDuration).default(byDefault, exactDuration(byDefault));
  if (kind === 'bytes') {
    const read = readNumber(0, 1e9, 'number');
    const inMebibytes = `${byDefault / MEBIBYTE}`;
    return option('MiB')
      .argParser((text) => MEBIBYTE * read(text))
      .default(byDefault, inMebibytes);
  }
  const [least, most] = name === 'hoursApart' ? [0, 11] : [1, 100_000];
  return option('number')
    .argParser(readNumber(least, most, kind === 'count' ? 'whole number' : 'number'))
    .default(byDefault);
}

function summaryOf({ rows, rules, past, thresholds }: FindingsReport): string[] {
  const said = rules.flatMap(({ name, findings }) =>
    findings > 0 ? [`${name} ${findings.toLocaleString('en')}`] : [],
  );
  const without = rules.filter(({ findings }) => findings === 0).map(({ name }) => name);
  return [
    `${count(rows.length, 'finding')}${said.length > 0 ? `: ${said.join(', ')}` : ''}.${without.length > 0 ? ` None of: ${without.join(', ')}.` : ''}`,
    `The past is the ${exactDuration(thresholds.history)} before the window: ${past.complete ? 'complete' : 'NOT COMPLETE'}.`,
  ];
}

function findingColumns(zone: string): Column<Finding>[] {
  return [
    timeColumn('WHEN', 1, zone, ({ since }, show) => show(since)),
    { header: 'RULE', rank: 1, least: 16, cell: ({ rule }) => rule },
    { header: 'WHO', rank: 1, least: 12, cell: ({ user }) => user },
    { header: 'WHAT', rank: 1, least: 24, cell: showWhat },
    { header: 'CONNECTIONS', rank: 3, least: 17, cell: showConnections },
  ];
}

function showWhat({ says, possible, pastIncomplete }: Finding): string {
  const doubts = [...(possible ? ['possible'] : []), ...(pastIncomplete ? ['a gap before makes it uncertain'] : [])];
  return doubts.length > 0 ? `${says} (${doubts.join('; ')})` : says;
}

function showConnections({ connectionIds, moreConnections = 0 }: Finding): string {
  const shown = connectionIds.slice(0, 2).map(shortId);
  const more = connectionIds.length - shown.length + moreConnections;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(' ');
}
