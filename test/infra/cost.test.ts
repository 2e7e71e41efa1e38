import { describe, expect, it } from 'vitest';
import { costTable, monthlyCost, thousandQuestions } from '../../docs/readme/cost.ts';
import {
  archivedObjects,
  archiveGrowth,
  dailyExport,
  growth,
  readUnits,
  snapshotOf,
  writeUnits,
} from '../../docs/readme/load.ts';
import { METRICS } from '../../lambda/recorder/metric-names.ts';
import { alarmsOf, functionOf, resourcesOf } from './synthesized.ts';

/** Of a function, in GB. */
const memoryOf = (name: string): number => functionOf(name).MemorySize / 1024;

const company = { connections: 480, interval: 5, hours: 8 };

describe('the cost of a trail', () => {
  it('comes from what AWS lists: the open connections, and an hour of ended ones', () => {
    expect(snapshotOf(company)).toEqual({ listed: 540, opened: 5 });
  });

  it('is in write units the chunks, the commit, the watermark, the checkpoint, two of the trail, four for each that opened or ended, one for a midnight', () => {
    const overMidnight = 5 / 3;
    expect(writeUnits(company)).toBeCloseTo(
      Math.ceil((47 * 540) / 1024) + 4 + 1 + 1 + 2 + 4 * 5 + 4 * 5 + overMidnight,
      6,
    );
    expect(writeUnits({ ...company, connections: 0 })).toBe(8);
  });

  it('is in read units a few, and the snapshot before by 4 KB', () => {
    expect(readUnits(company)).toBe(10 + 7 + 10);
  });

  it('grows each month by the snapshots, and by each connection once in the table and in three indexes or four', () => {
    const { tables, all } = growth(company);
    expect(tables).toBeCloseTo((8640 * (47 * 540 + 940 + 350) + 43_200 * 700) / 1e9, 6);
    expect(all - tables).toBeCloseTo(((3 + 1 / 3) * 43_200 * 700) / 1e9, 6);
  });

  it('is for the archive the chunks, a manifest and a checkpoint twice, and each connection once or twice in an export', () => {
    expect(archivedObjects(company)).toBe(5);
    expect(archivedObjects({ ...company, connections: 126_000 })).toBe(24);
    expect(archiveGrowth(company)).toBeCloseTo((8640 * (47 * 540 + 1730) + 43_200 * (4 / 3) * 150) / 1e9, 6);
  });

  it('is for the evidence two signatures, the objects and two looks at the archive each time, and the daily export', () => {
    const days = 2 * 1440;
    expect(dailyExport(company)).toEqual({ readUnits: Math.ceil((700 * days) / 4096), seconds: 2 + days / 1000 });
    const lambda = 0.000_013_333_4 * memoryOf('Export') * dailyExport(company).seconds;
    const daily = 0.125e-6 * dailyExport(company).readUnits + lambda + 0.15e-4 + 3 * 0.005e-3;
    expect(monthlyCost(company).evidence).toBeCloseTo(
      8640 * (2 * 0.15e-4 + 5 * 0.005e-3 + 2 * 0.0004e-3) + 30 * daily,
      9,
    );
  });

  it('leaves the first 25 GB of storage free, and no GB of recovery or of the archive', () => {
    const { storedFirstMonth, storedFirstYear } = monthlyCost(company);
    const { tables } = growth(company);
    expect(storedFirstMonth).toBeCloseTo(0.2 * tables + 0.023 * archiveGrowth(company), 6);
    expect(storedFirstYear).toBeCloseTo(12 * storedFirstMonth, 6);
    const most = { ...company, connections: 126_000 };
    expect(monthlyCost(most).storedFirstMonth).toBeCloseTo(
      0.25 * (growth(most).all - 25) + 0.2 * growth(most).tables + 0.023 * archiveGrowth(most),
      6,
    );
  });

  it('is a third at an interval of 15 minutes, where requests are concerned, but for the connections themselves', () => {
    const often = monthlyCost(company).dynamoDbRequests;
    const seldom = monthlyCost({ ...company, interval: 15 }).dynamoDbRequests;
    expect(seldom / often).toBeGreaterThan(0.33);
    expect(seldom / often).toBeLessThan(0.75);
  });

  it('counts the metrics, the alarms, the dashboard, the keys and the memory that are deployed', () => {
    const watched = Object.values(alarmsOf()).flatMap(
      (alarm) => alarm.Metrics?.filter((metric: object) => 'MetricStat' in metric) ?? [alarm],
    );
    const keys = Object.keys(resourcesOf('AWS::KMS::Key'));
    const { watching, running } = monthlyCost(company);
    const dashboards = Object.keys(resourcesOf('AWS::CloudWatch::Dashboard')).length;
    expect(watching).toBeCloseTo(
      0.3 * Object.keys(METRICS).length + 0.1 * watched.length + 3 * dashboards + keys.length,
      6,
    );
    expect(running).toBeCloseTo(
      8640 * (0.000_013_333_4 * memoryOf('Recorder') * (1 + 0.108 + 0.02) + 1.2e-6 + 2e-6),
      6,
    );
  });

  it('is for a question the API, half a second of the function, 20 reads, the note of who asked, and the log', () => {
    const question = 1e-6 + 0.2e-6 + 0.000_013_333_4 * memoryOf('Query') * 0.5 + 20 * 0.125e-6 + 0.625e-6 + 0.5 * 6e-7;
    expect(thousandQuestions()).toBeCloseTo(1000 * question, 9);
  });

  it('is a table of four sizes', () => {
    const [head = '', , ...rows] = costTable().split('\n');
    expect(rows.map((row) => row.split(' | ')[0])).toEqual(['| 50', '| 500', '| 5,000', '| 126,000']);
    expect(new Set([head, ...rows].map((row) => row.split('|').length)).size).toBe(1);
  });
});
