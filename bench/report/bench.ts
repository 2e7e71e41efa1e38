import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { USUAL_COUNTERS } from '../../reports/usage/usage-report.ts';
import { type Extent, figure, MEASURED, measure, measuredCells, medianRun, printRow, sizesOf } from '../measuring.ts';
import { lineOf, start } from '../processes.ts';
import { makeHistory } from '../query/history.ts';
import { withHistory } from '../query/load.ts';
import { instantOf, NOW } from '../query/recording.ts';
import { writeSnapshotLogs } from '../query/snapshots.ts';
import { DAY } from '../query/visits.ts';

const SIZES = { small: { connections: 1_000, people: 9 }, usual: { connections: 100_000, people: 240 } };
const PAGE = 1000;
/** The endpoints, and what a report of usage may ask for counters. */
const MORE_REQUESTS = 1 + USUAL_COUNTERS;

/** Each report by the command, over the real API on loopback, beside listing the same connections (aim: no slower, and no more memory). */
export async function bench(extent: Extent): Promise<void> {
  for (const [, { connections, people }] of sizesOf(SIZES, extent)) {
    const history = makeHistory(connections, people);
    await withHistory(history, async ({ client, endpoint }) => {
      await writeSnapshotLogs(documentClient(client), history, []);
      const first = Math.floor((history.visits[0]?.start ?? NOW) / DAY);
      const last = Math.floor(NOW / DAY) - 1;
      const api = start('export/api.ts', [endpoint]);
      try {
        await benchDays(await lineOf(api), { first, last, times: extent.times ?? 3 });
      } finally {
        api.stdin?.end();
      }
    });
  }
}

async function benchDays(
  url: string,
  { first, last, times }: { readonly first: number; readonly last: number; readonly times: number },
): Promise<void> {
  const [since, until] = [instantOf(first * DAY), instantOf((last + 1) * DAY - 1)];
  const window = ['--since', since, '--until', until];
  const json = ['--output', 'json'];
  const works: readonly (readonly [label: string, words: readonly string[]])[] = [
    ['connections --all', ['connections', '--all', '--output', 'ndjson', ...window]],
    ['report usage --by user', ['report', 'usage', '--by', 'user', ...json, ...window]],
    ['report usage --by hour', ['report', 'usage', '--by', 'hour', ...json, ...window]],
    ['report concurrency', ['report', 'concurrency', ...json, ...window]],
    ['report review', ['report', 'review', ...json, ...window]],
    [
      'report findings, the last 7 days',
      [
        'report',
        'findings',
        ...json,
        '--since',
        instantOf((last - 6) * DAY),
        '--until',
        until,
        '--history',
        `${last - 6 - first}d`,
      ],
    ],
  ];
  console.log(`\n${last - first + 1} days; median of ${times}`);
  printRow('', [...MEASURED, 'requests', 'connections', 'of listing them']);
  let listing = { wallSeconds: Number.NaN, connections: Number.NaN };
  for (const [label, words] of works) {
    const measured = await medianRun(times, () => measure<Counted>('report/measured.ts', [url, ...words]));
    const { wallSeconds, requests, connections } = measured;
    if (words[0] === 'connections') listing = measured;
    if (connections !== listing.connections) {
      throw new Error(`${label}: expected ${listing.connections} connections, got ${connections}`);
    }
    if (requests > Math.ceil(connections / PAGE) + 1 + MORE_REQUESTS) throw new Error(`${label}: ${requests} requests`);
    const cells = [requests, connections].map((number) => figure(number));
    printRow(label, [...measuredCells(measured), ...cells, `${figure(wallSeconds / listing.wallSeconds, 2)}x`]);
  }
}

/** What a measured command says besides. */
interface Counted {
  readonly requests: number;
  readonly connections: number;
}
