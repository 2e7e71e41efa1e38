import { Command, Option } from 'commander';
import { showInZone } from '../../lambda/trail/time-zone.ts';
import type { UsageSum } from '../../reports/usage/sum.ts';
import { reportUsage } from '../../reports/usage/usage.ts';
import { usageFile } from '../../reports/usage/usage-file.ts';
import { USAGE_KEYS, USUAL_COUNTERS, type UsageKey, type UsageRow } from '../../reports/usage/usage-report.ts';
import { count, showBytes } from '../../words/amounts.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import { beginInquiry } from '../asking/inquiry.ts';
import type { QuestionOptions } from '../asking/question-options.ts';
import { timeColumn } from '../asking/show-time.ts';
import { readNumber } from '../option-values.ts';
import type { Column } from '../output/table.ts';
import { bytesColumn } from '../questions/connection-columns.ts';
import { withFilters } from '../questions/connections.ts';
import type { Surroundings } from '../surroundings.ts';
import { makeReport, type ReportOptions, readReportQuestion, withReportOptions } from './make-report.ts';

interface UsageOptions extends QuestionOptions, ReportOptions {
  readonly by: UsageKey;
  readonly counters: number;
}

const MOST_COUNTERS = 100_000;

const EXAMPLES = `
A connection that crosses an edge, of the window or of a day, counts there by its share: by the counters of the snapshots
around the edge for those with the most bytes (--counters), else by the share of time. Each estimate is said. Days and hours
are those of --tz. Without --since and --until it is all that is recorded. Exit code 4: the window touches a gap, or what is
not yet known.

Examples:
  cvpn-audit report usage --by user --since 2026-11-01 --until 2026-11-30
  cvpn-audit report usage --by day --since 30d --tz Europe/Berlin
  cvpn-audit report usage --by hour --since yesterday --endpoint cvpn-endpoint-0123456789abcdef0
  cvpn-audit report usage --by user --since 90d --output csv > usage.csv`;

/** `cvpn-audit report usage`: connections, people, time and bytes by person, endpoint, account, Region, day or hour. */
export function usageReportCommand(surroundings: Surroundings): Command {
  const command = withFilters(
    new Command('usage')
      .description('connections, people, time connected and bytes, by user, endpoint, account, Region, day or hour')
      .addOption(new Option('--by <what>', 'what is added up').choices(USAGE_KEYS).makeOptionMandatory()),
  ).option(
    '--counters <number>',
    'questions for counters around an edge, at most; 0 for none',
    readNumber(0, MOST_COUNTERS, 'whole number'),
    USUAL_COUNTERS,
  );
  return withReportOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: UsageOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      const { by, counters } = options;
      const question = { ...readReportQuestion(inquiry, options), by, counters };
      await makeReport(inquiry, (ports) => reportUsage(ports, question), {
        file: usageFile,
        columns: (labels, { rows }) =>
          usageColumns(
            by,
            inquiry.zone,
            labels,
            rows.some((row) => notesOn(row) !== ''),
          ),
        summary: ({ total }) => [totalLine(total)],
      });
    });
}

function totalLine({ connections, people, seconds, ingressBytes, egressBytes }: UsageSum): string {
  return `In total: ${count(connections, 'connection')}, ${people.toLocaleString('en')} ${people === 1 ? 'person' : 'people'}, ${hoursOf(seconds)} h; sent (upload) ${showBytes(ingressBytes)}, received (download) ${showBytes(egressBytes)}.`;
}

const hoursOf = (seconds: number) =>
  (seconds / 3600).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** @param hasNotes what a row may lack is shown before what it is about, however narrow the terminal is */
function usageColumns(by: UsageKey, zone: string, labels: EndpointLabels, hasNotes: boolean): Column<UsageRow>[] {
  return [
    ...keyColumns(by, zone, labels),
    { header: 'CONNECTIONS', rank: 1, least: 5, align: 'right', cell: (row) => row.connections.toLocaleString('en') },
    ...(by === 'user'
      ? []
      : [
          {
            header: 'PEOPLE',
            rank: 3,
            least: 5,
            align: 'right' as const,
            cell: (row: UsageRow) => row.people.toLocaleString('en'),
          },
        ]),
    { header: 'HOURS', rank: 2, least: 7, align: 'right', cell: showHours },
    { ...bytesColumn('SENT (upload)', (row: UsageRow) => row.ingressBytes), rank: 1 },
    { ...bytesColumn('RECEIVED (download)', (row: UsageRow) => row.egressBytes), rank: 1 },
    ...(hasNotes ? [{ header: 'NOTE', rank: 1, least: 12, cell: notesOn }] : []),
    timeColumn('LAST SEEN', 4, zone, ({ lastSeenAt }, show) => show(lastSeenAt)),
    timeColumn('FIRST SEEN', 5, zone, ({ firstSeenAt }, show) => show(firstSeenAt)),
  ];
}

const NO_NAME = '(no name)';

function keyColumns(by: UsageKey, zone: string, labels: EndpointLabels): Column<UsageRow>[] {
  if (by === 'user') return [{ header: 'WHO', rank: 1, least: 12, cell: ({ user = NO_NAME }) => user }];
  if (by === 'hour') return [timeColumn('HOUR', 1, zone, ({ start }, show) => show(start))];
  if (by === 'day') {
    const day = ({ start = '' }: UsageRow) => showInZone(start, zone).slice(0, '2026-11-22'.length);
    return [{ header: `DAY (${zone})`, rank: 1, least: 10, cell: day }];
  }
  if (by === 'account') return [{ header: 'ACCOUNT', rank: 1, least: 12, cell: ({ accountId = '' }) => accountId }];
  if (by === 'region') return [{ header: 'REGION', rank: 1, least: 12, cell: ({ region = '' }) => region }];
  return [
    { header: 'ENDPOINT', rank: 1, least: 12, cell: ({ endpointId = '' }) => labels.get(endpointId) ?? endpointId },
  ];
}

function showHours({ seconds, secondsAtMost }: UsageRow): string {
  const [least, most] = [hoursOf(seconds), hoursOf(secondsAtMost ?? seconds)];
  return least === most ? least : `${least}–${most}`;
}

function notesOn({ incomplete, possible, estimated, withoutBytes }: UsageRow): string {
  return [
    ...(incomplete ? ['not complete'] : []),
    ...(possible ? [`${possible} possible`] : []),
    ...(estimated ? [`${estimated} estimated`] : []),
    ...(withoutBytes ? [`${withoutBytes} without bytes`] : []),
  ].join(', ');
}
