import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reportMetrics } from '../../lambda/recorder/handler.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../../lambda/recorder/metric-names.ts';
import type { EndpointOutcome, RecordingSummary } from '../../lambda/recorder/summary.ts';

const outcome = (kind: EndpointOutcome['outcome'], anomalies: number) =>
  ({ endpointId: 'cvpn-endpoint-0a', outcome: kind, anomalies }) as EndpointOutcome;

const summary: RecordingSummary = {
  slot: '2026-11-20T08:00:00Z',
  endpoints: [
    outcome('committed', 2),
    outcome('committed', 3),
    outcome('already-committed', 0),
    outcome('failed', 0),
    { ...outcome('failed', 0), appended: 'committed' },
  ],
  connections: 41,
  opened: 7,
  ended: 6,
  unparsed: 5,
  trailWriteUnits: 2,
  failures: (['throttled', 'throttled', 'network'] as const).map((reason) => ({ reason, message: 'x' })),
  oldestSnapshotAgeSeconds: 1234,
};

describe('the metrics of a recording', () => {
  let lines: string[];

  beforeEach(() => {
    lines = [];
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  function emitted(target?: string): Record<string, unknown>[] {
    reportMetrics(new Metrics({ namespace: METRIC_NAMESPACE, serviceName: METRIC_SERVICE }), summary, target);
    return lines.map((line) => JSON.parse(line));
  }

  it('are its sums, the age in seconds, and the failures once more by their reason', () => {
    const [totals, ...byReason] = emitted();
    expect(totals).toMatchObject({
      service: 'recorder',
      SnapshotsCommitted: 3,
      Connections: 41,
      OldestSnapshotAge: 1234,
      Failures: 3,
      UnparsedRows: 5,
      Anomalies: 5,
    });
    const age = expect.objectContaining({ Name: 'OldestSnapshotAge', Unit: 'Seconds' });
    expect(totals?._aws).toMatchObject({ CloudWatchMetrics: [{ Metrics: expect.arrayContaining([age]) }] });
    expect(byReason.map(({ reason, Failures }) => [reason, Failures])).toEqual([
      ['throttled', 2],
      ['network', 1],
    ]);
  });

  it('are there for all targets together and for each, where there are targets', () => {
    const dimensionsOf = (line: Record<string, unknown>) =>
      (line._aws as { CloudWatchMetrics: { Dimensions: string[][] }[] }).CloudWatchMetrics[0]?.Dimensions;
    const [totals = {}, ...byReason] = emitted('111122223333/us-east-1');
    expect(totals).toMatchObject({ service: 'recorder', target: '111122223333/us-east-1', Failures: 3 });
    expect(dimensionsOf(totals)).toEqual([['service'], ['service', 'target']]);
    const [ofAll, ofTarget] = [[['service', 'reason']], [['service', 'reason', 'target']]];
    expect(byReason.map(dimensionsOf)).toEqual([ofAll, ofTarget, ofAll, ofTarget]);
    lines = [];
    expect(emitted().map(dimensionsOf)).toEqual([[['service']], [['service', 'reason']], [['service', 'reason']]]);
  });
});
