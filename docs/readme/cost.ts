import {
  archivedObjects,
  archiveGrowth,
  dailyExport,
  growth,
  type Load,
  readUnits,
  runSeconds,
  snapshotOf,
  snapshotsAMonth,
  writeUnits,
} from './load.ts';
import { FREE_STORAGE_GB, PRICES } from './prices.ts';

/** GB of memory of each function: see MEMORY_MB of `lib/constructs/functions/trail-function.ts`. */
const MEMORY_GB = 1769 / 1024;
/** GB of log of one run. */
const LOG_GB = 4e-6;
/** Metrics of `lambda/recorder/metric-names.ts`, and of the alarms of `recording-alarms.ts`, `query-alarms.ts` and `export-alarms.ts`. */
const METRIC_COUNT = 6;
const ALARM_METRIC_COUNT = 35;
/** The key of the alarm topic and the key that signs. */
const KEY_COUNT = 2;
const MILLION = 1e6;
const DAYS = 30;

/** What one recorded endpoint costs a month, in US dollars. */
export function monthlyCost(load: Load) {
  const runs = snapshotsAMonth(load);
  const requests = (PRICES.writeUnits * writeUnits(load) + PRICES.readUnits * readUnits(load)) / MILLION;
  const lambda = PRICES.lambdaGbSecond * MEMORY_GB * runSeconds(load) + PRICES.lambdaRequests / MILLION;
  return {
    dynamoDbRequests: runs * requests,
    /** Lambda, EventBridge Scheduler and the log. */
    running: runs * (lambda + PRICES.scheduler / MILLION + PRICES.logGb * LOG_GB),
    /** Each snapshot's signature and the trail's, their objects, a look at the archive's newest checkpoint before each; and the daily export. */
    evidence:
      runs *
        ((2 * PRICES.signatures) / 10_000 + (PRICES.s3Writes * archivedObjects(load) + 2 * PRICES.s3Reads) / 1000) +
      DAYS * exporting(load),
    /** Metrics, alarms, the dashboard and keys: the same at every size. */
    watching:
      METRIC_COUNT * PRICES.metric +
      ALARM_METRIC_COUNT * PRICES.alarmMetric +
      PRICES.dashboard +
      KEY_COUNT * PRICES.key,
    /** At the end of the first month, and of the first year, for ever kept. */
    storedFirstMonth: stored(load, 1),
    storedFirstYear: stored(load, 12),
  };
}

/** A day's export: the reads, the function, the signature, its file and its manifest, and the look at what is there. */
function exporting(load: Load): number {
  const day = dailyExport(load);
  const lambda = PRICES.lambdaGbSecond * MEMORY_GB * day.seconds;
  return (
    (PRICES.readUnits * day.readUnits) / MILLION + lambda + PRICES.signatures / 10_000 + (3 * PRICES.s3Writes) / 1000
  );
}

/** What one question takes, on the safe side: seconds of the function, read units, GB of access log. */
const QUESTION = { seconds: 0.5, readUnits: 20, logGb: 6e-7 };

/** What a thousand questions cost, in US dollars: the API, the function, the reads, and the note of who asked. */
export function thousandQuestions(): number {
  const requests = PRICES.httpApi + PRICES.lambdaRequests + PRICES.readUnits * QUESTION.readUnits + PRICES.writeUnits;
  const lambda = PRICES.lambdaGbSecond * MEMORY_GB * QUESTION.seconds;
  return 1000 * (requests / MILLION + lambda + PRICES.logGb * QUESTION.logGb);
}

function stored(load: Load, months: number): number {
  const { tables, all } = growth(load);
  const ofTables = PRICES.storageGb * Math.max(0, months * all - FREE_STORAGE_GB) + PRICES.recoveryGb * months * tables;
  return ofTables + PRICES.s3Gb * months * archiveGrowth(load);
}

/** The sizes that are shown: an office, a company, a group, and the most that one endpoint can have. */
const SIZES = [50, 500, 5_000, 126_000];

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const dollars = (value: number) => `$${value < 100 ? value.toFixed(2) : whole(value)}`;

/** The table of the page about deploying: one endpoint, every 5 minutes, connections of 8 hours, all kept. Markdown, no end of line. */
export function costTable(): string {
  const rows = SIZES.map((connections) => costRow(loadOf(connections)));
  return [
    '| connections at once | listed by AWS | write units a snapshot | DynamoDB requests | Lambda, schedule, log | signatures, archive, exports | metrics, alarms, dashboard, keys | storage: first month | **first month** | storage: after a year |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
}

/** What the README says of it. Markdown, no end of line. */
export function costLine(): string {
  const [office = '', company = '', group = '', most = ''] = SIZES.map((connections) =>
    dollars(firstMonth(monthlyCost(loadOf(connections)))),
  );
  return `The first month costs about ${office} for one endpoint with 50 connections at once, ${company} with 500, ${group} with 5,000, ${most} with 126,000 (us-east-1, a snapshot every 5 minutes).`;
}

const firstMonth = ({
  dynamoDbRequests,
  running,
  evidence,
  watching,
  storedFirstMonth,
}: ReturnType<typeof monthlyCost>) => dynamoDbRequests + running + evidence + watching + storedFirstMonth;

const loadOf = (connections: number): Load => ({ connections, interval: 5, hours: 8 });

function costRow(load: Load): string {
  const cost = monthlyCost(load);
  const { dynamoDbRequests, running, evidence, watching, storedFirstMonth } = cost;
  const cells = [
    whole(load.connections),
    whole(snapshotOf(load).listed),
    whole(writeUnits(load)),
    dollars(dynamoDbRequests),
    dollars(running),
    dollars(evidence),
    dollars(watching),
    dollars(storedFirstMonth),
    `**${dollars(firstMonth(cost))}**`,
    `${dollars(cost.storedFirstYear)} a month`,
  ];
  return `| ${cells.join(' | ')} |`;
}
