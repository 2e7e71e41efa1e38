import { growth, type Load, readUnits, runSeconds, snapshotOf, snapshotsAMonth, writeUnits } from './load.ts';
import { FREE_STORAGE_GB, PRICES } from './prices.ts';

/** US dollars of a month. */
export interface MonthlyCost {
  readonly dynamoDbRequests: number;
  /** Lambda, EventBridge Scheduler and the log. */
  readonly running: number;
  /** Metrics, alarms and the key of the alarm topic: the same at every size. */
  readonly watching: number;
  /** Storage with point-in-time recovery at the end of the first month, and of the first year, for ever kept. */
  readonly storedFirstMonth: number;
  readonly storedFirstYear: number;
}

/** GB of memory of each function: see MEMORY_MB of `lib/constructs/recorder-function.ts` and `query-function.ts`. */
const MEMORY_GB = 1769 / 1024;
/** GB of log of one run. */
const LOG_GB = 4e-6;
/** Metrics of `lambda/recorder/metric-names.ts`, and of the alarms of `recording-alarms.ts` and `query-alarms.ts`. */
const METRIC_COUNT = 6;
const ALARM_METRIC_COUNT = 31;
const MILLION = 1e6;

/** What one recorded endpoint costs a month, in US dollars. */
export function monthlyCost(load: Load): MonthlyCost {
  const runs = snapshotsAMonth(load);
  const requests = (PRICES.writeUnits * writeUnits(load) + PRICES.readUnits * readUnits(load)) / MILLION;
  const lambda = PRICES.lambdaGbSecond * MEMORY_GB * runSeconds(load) + PRICES.lambdaRequests / MILLION;
  return {
    dynamoDbRequests: runs * requests,
    running: runs * (lambda + PRICES.scheduler / MILLION + PRICES.logGb * LOG_GB),
    watching: METRIC_COUNT * PRICES.metric + ALARM_METRIC_COUNT * PRICES.alarmMetric + PRICES.key,
    storedFirstMonth: stored(load, 1),
    storedFirstYear: stored(load, 12),
  };
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
  return PRICES.storageGb * Math.max(0, months * all - FREE_STORAGE_GB) + PRICES.recoveryGb * months * tables;
}

/** The sizes that the README shows: an office, a company, a group, and the most that one endpoint can have. */
const SIZES = [50, 500, 5_000, 126_000];

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const dollars = (value: number) => `$${value < 100 ? value.toFixed(2) : whole(value)}`;

/** The table of the README: one endpoint, every 5 minutes, connections of 8 hours, all kept. Markdown, no end of line. */
export function costTable(): string {
  const rows = SIZES.map((connections) => costRow({ connections, interval: 5, hours: 8 }));
  return [
    '| connections at once | listed by AWS | write units a snapshot | DynamoDB requests | Lambda, schedule, log | metrics, alarms, key | storage: first month | **first month** | storage: after a year |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
}

function costRow(load: Load): string {
  const cost = monthlyCost(load);
  const firstMonth = cost.dynamoDbRequests + cost.running + cost.watching + cost.storedFirstMonth;
  const cells = [
    whole(load.connections),
    whole(snapshotOf(load).listed),
    whole(writeUnits(load)),
    dollars(cost.dynamoDbRequests),
    dollars(cost.running),
    dollars(cost.watching),
    dollars(cost.storedFirstMonth),
    `**${dollars(firstMonth)}**`,
    `${dollars(cost.storedFirstYear)} a month`,
  ];
  return `| ${cells.join(' | ')} |`;
}
