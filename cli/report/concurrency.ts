import { Command } from 'commander';
import { MOST_ASSOCIATIONS } from '../../reports/concurrency/association-quota.ts';
import { type ConcurrencyRow, reportConcurrency, type Step } from '../../reports/concurrency/concurrency.ts';
import { peaksFile, stepsFile } from '../../reports/concurrency/concurrency-file.ts';
import type { ReportPorts } from '../../reports/trail.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import { beginInquiry } from '../asking/inquiry.ts';
import type { QuestionOptions } from '../asking/question-options.ts';
import { timeColumn } from '../asking/show-time.ts';
import { readNumber } from '../option-values.ts';
import type { Column } from '../output/table.ts';
import { withFilters } from '../questions/connections.ts';
import type { Surroundings } from '../surroundings.ts';
import { makeReport, type ReportOptions, readReportQuestion, withReportOptions } from './make-report.ts';

interface ConcurrencyOptions extends QuestionOptions, ReportOptions {
  readonly steps?: true;
  readonly associations?: number;
}

const EXAMPLES = `
The second of an end counts, as it does for connections --at. A range is at least and at most, where times are known only within
bounds. The limit is AWS's quota for the subnets that are associated with the endpoint. Exit code 4: the window touches a gap, or
what is not yet known.

Examples:
  cvpn-audit report concurrency --since 30d
  cvpn-audit report concurrency --since 90d --associations 2
  cvpn-audit report concurrency --since yesterday --steps --output csv > steps.csv`;

/** `cvpn-audit report concurrency`: how many were connected at once. */
export function concurrencyReportCommand(surroundings: Surroundings): Command {
  const command = withFilters(
    new Command('concurrency').description('how many were connected at once: the maximum and when, by endpoint'),
  )
    .option('--steps', 'every change, in place of the maxima')
    .option(
      '--associations <number>',
      'subnets associated with an endpoint, where AWS does not tell: decides the limit',
      readNumber(1, MOST_ASSOCIATIONS, 'whole number'),
    );
  return withReportOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: ConcurrencyOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      const { zone } = inquiry;
      const { steps: isSteps = false, associations } = options;
      const question = { ...readReportQuestion(inquiry, options), steps: isSteps, associations };
      const make = (ports: ReportPorts) => reportConcurrency(ports, question);
      await (isSteps
        ? makeReport(inquiry, make, { file: stepsFile, columns: (labels) => stepColumns(zone, labels) })
        : makeReport(inquiry, make, {
            file: peaksFile,
            columns: (labels, { rows }) => peakColumns(zone, labels, rows),
          }));
    });
}

const ALL = 'all';

const endpointColumn = (labels: EndpointLabels) => ({
  header: 'ENDPOINT',
  rank: 1,
  least: 12,
  cell: ({ endpointId }: { endpointId?: string }) => (endpointId ? (labels.get(endpointId) ?? endpointId) : ALL),
});

/** `41`, or `41–43` where that is not certain. */
const range = (least: number, most: number) =>
  least === most ? most.toLocaleString('en') : `${least.toLocaleString('en')}–${most.toLocaleString('en')}`;

function peakColumns(zone: string, labels: EndpointLabels, rows: readonly ConcurrencyRow[]): Column<ConcurrencyRow>[] {
  const hasLimit = rows.some(({ limit }) => limit !== undefined);
  return [
    endpointColumn(labels),
    {
      header: 'AT ONCE',
      rank: 1,
      least: 7,
      align: 'right',
      cell: ({ atLeast, atMost }) => range(atLeast.connections, atMost.connections),
    },
    timeColumn('FIRST FROM', 1, zone, ({ atMost }, show) => show(atMost.since)),
    timeColumn('UNTIL', 2, zone, ({ atMost }, show) => show(atMost.until)),
    ...(hasLimit
      ? [
          {
            header: 'LIMIT',
            rank: 1,
            least: 7,
            align: 'right' as const,
            cell: ({ limit }: ConcurrencyRow) => limit?.toLocaleString('en') ?? '',
          },
          { header: 'USED', rank: 1, least: 6, align: 'right' as const, cell: showUsed },
        ]
      : []),
    ...(rows.some(({ incomplete }) => incomplete)
      ? [
          {
            header: 'NOTE',
            rank: 1,
            least: 12,
            cell: ({ incomplete }: ConcurrencyRow) => (incomplete ? 'not complete' : ''),
          },
        ]
      : []),
  ];
}

function showUsed({ limit, atMost }: ConcurrencyRow): string {
  return limit === undefined ? '' : `${((100 * atMost.connections) / limit).toFixed(1)} %`;
}

function stepColumns(zone: string, labels: EndpointLabels): Column<Step>[] {
  return [
    timeColumn('FROM', 1, zone, ({ at }, show) => show(at)),
    { header: 'AT ONCE', rank: 1, least: 7, align: 'right', cell: ({ atLeast, atMost }) => range(atLeast, atMost) },
    endpointColumn(labels),
  ];
}
