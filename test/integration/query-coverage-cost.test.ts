import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbProjection } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { createQueryApp } from '../../lambda/query/app.ts';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import { type CoverageLog, importLog, slotOf, watermarkOf } from '../support/coverage/coverage-store.ts';

/** Of five minutes each. */
const A_DAY = 288;
const A_QUARTER = 26_208;

/** What the report of a whole log costs, and what it says. */
async function askForAll(log: CoverageLog) {
  const store = await importLog(log);
  try {
    await new DynamoDbProjection(store.documents, 'Connections').saveWatermark(watermarkOf(log));
    const cost = { requests: 0, units: 0 };
    const app = createQueryApp({
      documents: store.documents,
      settings: {
        SNAPSHOTS_TABLE: 'Snapshots',
        CONNECTIONS_TABLE: 'Connections',
        ACCESSES_TABLE: 'Accesses',
        INTERVAL_MINUTES: 5,
        EPSILON_SECONDS: 120,
      },
      now: () => new Date(slotOf(log.snapshots)),
      onError: (error) => {
        throw error;
      },
      onRead: (_purpose, consumed) => {
        cost.requests += 1;
        cost.units += consumed?.CapacityUnits ?? 0;
      },
    });
    const caller = { principal: 'arn:aws:iam::123456789012:user/analyst', requestId: 'request' };
    const question = new Request(`http://trail/coverage?since=${slotOf(0)}&until=${slotOf(log.snapshots - 1)}`);
    const began = performance.now();
    const response = await app.fetch(question, { caller });
    const report = (await response.json()) as CoverageAnswer;
    return { cost, report, milliseconds: performance.now() - began };
  } finally {
    await store.close();
  }
}

let day: Awaited<ReturnType<typeof askForAll>>;
let quarter: Awaited<ReturnType<typeof askForAll>>;
let gaps: Awaited<ReturnType<typeof askForAll>>;

beforeAll(async () => {
  day = await askForAll({ snapshots: A_DAY, gaps: 12 });
  quarter = await askForAll({ snapshots: A_QUARTER, gaps: 12 });
  gaps = await askForAll({ snapshots: A_DAY, gaps: 60 });
}, 120_000);
afterAll(() => {
  if (process.env.SHOW_COST) console.log(day.cost, quarter.cost, gaps.cost, day.milliseconds, quarter.milliseconds);
});

describe('the coverage of a quarter', () => {
  it('is reported in full', () => {
    const [endpoint] = quarter.report.endpoints;
    expect(endpoint?.gaps).toHaveLength(12);
    expect(endpoint?.proven).toHaveLength(13);
    expect(quarter.report.window).toEqual({ since: slotOf(0), until: slotOf(A_QUARTER - 1) });
  });

  it('costs as many requests and read units as that of a day with as many gaps', () => {
    expect(quarter.cost).toEqual(day.cost);
    expect(quarter.cost.requests).toBeLessThanOrEqual(5);
  });

  it('costs the gaps: more of them are more to read', () => {
    expect(gaps.report.endpoints[0]?.gaps).toHaveLength(60);
    expect(gaps.cost.requests).toBeGreaterThan(day.cost.requests);
  });
});
