import { beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbProjection } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { gapKey, headKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import { AskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { writeItems } from '../support/recording/write-items.ts';
import { makeUpLog, slotsApart, storeLog } from '../support/tampering/made-up-log.ts';

/** Snapshots of five minutes each. */
const A_DAY = 288;
const TEN_DAYS = 2880;

/** What the report of a whole log with gaps costs, and what it says. */
async function askForAll(snapshots: number, gaps: number) {
  const trail = await RecordedTrail.start();
  const { documents } = trail.tables;
  const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE } = trail.options;
  const slots = slotsApart(snapshots, () => 300);
  const [first = '', newest = ''] = [slots[0], slots.at(-1)];
  trail.now = new Date(addSeconds(newest, 300));
  await storeLog(documents, SNAPSHOTS_TABLE, await makeUpLog(ALPHA, slots, trail.signer));
  const entry = snapshots - 1;
  const times = { lastSlot: newest, s: newest, f: newest, coveredFromS: newest, firstSeenAt: first };
  const of = { accountId: '123456789012', region: 'eu-central-1', state: 'open', size: snapshots };
  const head = { ...headKey(ALPHA), ...of, entry, ...times, hashes: new Uint8Array(0) };
  const noted = Array.from({ length: gaps }, (_, number) => {
    const start = slots[Math.floor(((number + 1) * snapshots) / (gaps + 1))] ?? '';
    return { ...gapKey(ALPHA, start), end: addSeconds(start, 300), reasons: ['no-run'] };
  });
  await writeItems(documents, SNAPSHOTS_TABLE, [head, ...noted]);
  const mark = { endpointId: ALPHA, entry, slot: newest, s: newest, f: newest, unlisted: [], noneOdd: true as const };
  await new DynamoDbProjection(documents, CONNECTIONS_TABLE).saveWatermark(mark);
  const cost = { requests: 0, units: 0 };
  const asked = await AskedTrail.over(trail, {
    onRead: (_purpose, consumed) => {
      cost.requests += 1;
      cost.units += consumed?.CapacityUnits ?? 0;
    },
  });
  const { body: report } = await asked.ask<CoverageAnswer>(`/coverage?since=${first}&until=${newest}`);
  asked.throwHidden();
  await trail.close();
  return { cost, report, window: { since: first, until: newest } };
}

let day: Awaited<ReturnType<typeof askForAll>>;
let long: Awaited<ReturnType<typeof askForAll>>;

beforeAll(async () => {
  day = await askForAll(A_DAY, 12);
  long = await askForAll(TEN_DAYS, 12);
});

describe('the coverage of a long log', () => {
  it('is reported in full', () => {
    const [endpoint] = long.report.endpoints;
    expect(endpoint?.gaps).toHaveLength(12);
    expect(endpoint?.proven).toHaveLength(13);
    expect(long.report.window).toEqual(long.window);
  });

  it('costs as many requests and read units as that of a day with as many gaps', () => {
    expect(long.cost).toEqual(day.cost);
    expect(long.cost.requests).toBeLessThanOrEqual(5);
  });

  it('costs the gaps: more of them are more to read', async () => {
    const gaps = await askForAll(A_DAY, 60);
    expect(gaps.report.endpoints[0]?.gaps).toHaveLength(60);
    expect(gaps.cost.requests).toBeGreaterThan(day.cost.requests);
  });
});
