import { Command } from 'commander';
import { toError } from '../../lambda/trail/to-error.ts';
import { type ListedPerson, readPeopleList } from '../../reports/review/people-list.ts';
import { reportReview } from '../../reports/review/review.ts';
import { reviewFile } from '../../reports/review/review-file.ts';
import type { ReviewReport, ReviewRow, ReviewVerdict } from '../../reports/review/review-report.ts';
import { readTextFile } from '../../verification/read-text-file.ts';
import { showDuration } from '../../words/amounts.ts';
import type { EndpointLabels } from '../../words/endpoint-labels.ts';
import { withEndpoints } from '../asking/endpoint-options.ts';
import { beginInquiry, type Inquiry } from '../asking/inquiry.ts';
import type { QuestionOptions } from '../asking/question-options.ts';
import { timeColumn } from '../asking/show-time.ts';
import type { Column } from '../output/table.ts';
import type { Surroundings } from '../surroundings.ts';
import { makeReport, type ReportOptions, readReportQuestion, withReportOptions } from './make-report.ts';

interface ReviewOptions extends QuestionOptions, ReportOptions {
  readonly people?: string;
}

const EXAMPLES = `
FILE is CSV with a header: a column user, username, email or common name says who may connect. A name matches a username or a common
name in any case, as --user does. Over a gap nobody "never connected": then it says "not seen". Exit code 4: the window touches a gap,
or what is not yet known.

Examples:
  cvpn-audit report review --since 90d
  cvpn-audit report review --since 2026-07-01 --until 2026-09-30 --people may-connect.csv
  cvpn-audit report review --since 90d --people may-connect.csv --output csv > review.csv`;

/** `cvpn-audit report review`: who connected, and with a list who did not, and who is not on it. */
export function reviewReportCommand(surroundings: Surroundings): Command {
  const command = withEndpoints(
    new Command('review')
      .description('every identity that connected, for a review of who may')
      .option('--people <file>', 'those who may connect: also says who of them never did, and who is not on the list'),
    'only connections to this Client VPN endpoint; repeatable',
  );
  return withReportOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: ReviewOptions) => {
      const inquiry = beginInquiry(options, surroundings);
      const people = options.people === undefined ? undefined : readPeople(inquiry, options.people);
      const question = { ...readReportQuestion(inquiry, options), people };
      await makeReport(inquiry, (ports) => reportReview(ports, question), {
        file: reviewFile,
        columns: (labels, { listed }) => reviewColumns(inquiry.zone, labels, listed !== undefined),
        summary: (report) => (report.listed === undefined ? [] : [summaryOf(report)]),
      });
    });
}

function readPeople({ complaints }: Inquiry, file: string): readonly ListedPerson[] {
  try {
    return readPeopleList(readTextFile(file, 'people'));
  } catch (error) {
    complaints.say(`--people ${file} cannot be read as a list of people: ${toError(error).message}.`);
    return [];
  }
}

const VERDICTS: Readonly<Record<ReviewVerdict, string>> = {
  'not-on-the-list': 'NOT ON THE LIST',
  'never-connected': 'never connected',
  'not-seen': 'not seen (gap)',
  possible: 'possibly connected',
  'on-the-list': 'on the list',
};

function summaryOf({ listed = 0, verdicts }: ReviewReport): string {
  const said = (Object.keys(VERDICTS) as ReviewVerdict[]).flatMap((verdict) =>
    verdicts[verdict] ? [`${verdicts[verdict].toLocaleString('en')} ${VERDICTS[verdict].toLowerCase()}`] : [],
  );
  return `${listed.toLocaleString('en')} people on the list: ${said.join(', ')}.`;
}

function reviewColumns(zone: string, labels: EndpointLabels, hasList: boolean): Column<ReviewRow>[] {
  const verdict = ({ verdict }: ReviewRow) => (verdict ? VERDICTS[verdict] : '');
  return [
    { header: 'WHO', rank: 1, least: 12, cell: ({ user = '(no name)' }) => user },
    ...(hasList ? [{ header: 'LIST', rank: 1, least: 15, cell: verdict }] : []),
    { header: 'CONNECTIONS', rank: 1, least: 5, align: 'right', cell: showConnections },
    { header: 'CONNECTED', rank: 2, least: 9, align: 'right', cell: ({ seconds }) => showDuration(seconds) },
    timeColumn('LAST SEEN', 1, zone, ({ lastSeenAt }, show) => show(lastSeenAt)),
    {
      header: 'ENDPOINTS',
      rank: 3,
      least: 12,
      cell: ({ endpointIds }) => endpointIds.map((id) => labels.get(id) ?? id).join(' '),
    },
    { header: 'ADDRESSES', rank: 4, least: 15, cell: showAddresses },
    timeColumn('FIRST SEEN', 5, zone, ({ firstSeenAt }, show) => show(firstSeenAt)),
  ];
}

const showConnections = ({ connections, possible }: ReviewRow) =>
  `${connections.toLocaleString('en')}${possible ? ` (${possible.toLocaleString('en')} possible)` : ''}`;

/** The newest ones. */
function showAddresses({ addresses, moreAddresses }: ReviewRow): string {
  const shown = addresses.slice(0, 3);
  return [...shown, ...(addresses.length > shown.length || moreAddresses ? ['…'] : [])].join(' ');
}
