import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { reportMetrics } from '../../lambda/recorder/handler.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../../lambda/recorder/metric-names.ts';
import type { EndpointOutcome, RecordingSummary } from '../../lambda/recorder/summary.ts';
import { plain, propertiesOf, resourcesOf } from './synthesized.ts';

const TARGETS = {
  externalId: 'company-4711',
  targets: [{ account: '123456789012', region: 'eu-west-1', roleArn: 'arn:aws:iam::123456789012:role/R' }],
};

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly query?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

/** The widgets by their title, with logical ids in place of names. */
function widgetsOf(config = {}): Record<string, Widget['properties']> {
  const [body] = propertiesOf('AWS::CloudWatch::Dashboard', config).map(({ DashboardBody }) => plain(DashboardBody));
  const { widgets } = JSON.parse(body ?? '') as { widgets: readonly Widget[] };
  return Object.fromEntries(widgets.map(({ properties }) => [properties.title, properties]));
}

/** A metric as it is shown: its namespace, its name and the names of its dimensions. */
const shown = (namespace: string, name: string, dimensions: readonly string[]) =>
  `${namespace} ${name} ${[...dimensions].sort().join(',')}`;

/** The metrics of a widget, by their name or by a search. */
function metricsOf({ metrics = [] }: Widget['properties']): string[] {
  let before: string[] = [];
  return metrics.map((row) => {
    const [first] = row;
    if (typeof first === 'object' && first !== null) return searched((first as { expression: string }).expression);
    const texts = row.filter((one): one is string => typeof one === 'string');
    // A dot repeats what stands there in the row before.
    const whole = texts.map((text, index) => (text === '.' ? (before[index] ?? '') : text));
    before = whole;
    const [namespace = '', name = '', ...pairs] = whole;
    return shown(
      namespace,
      name,
      pairs.filter((_, index) => index % 2 === 0),
    );
  });
}

function searched(expression: string): string {
  const [, schema = '', name = ''] = /\{([^}]+)\} MetricName="(\w+)"/.exec(expression) ?? [];
  const [namespace = '', ...dimensions] = schema.split(',');
  return shown(namespace, name, dimensions);
}

/** What the functions emit of a run that failed in part, read from the log as CloudWatch does. */
function emitted(): Set<string> {
  const written = vi.spyOn(console, 'log').mockReturnValue(undefined);
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const summary = {
    endpoints: [ENDPOINT],
    failures: [{ reason: 'timeout', message: 'late' }],
    connections: 1,
    unparsed: 0,
    oldestSnapshotAgeSeconds: 1,
  };
  const metrics = () => new Metrics({ namespace: METRIC_NAMESPACE, serviceName: METRIC_SERVICE });
  reportMetrics(metrics(), summary as unknown as RecordingSummary);
  reportMetrics(metrics(), summary as unknown as RecordingSummary, '123456789012/eu-west-1');
  const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)) as Emf);
  return new Set(
    lines.flatMap(({ _aws }) =>
      _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics: all }) =>
        all.flatMap(({ Name }) => Dimensions.map((dimensions) => shown(Namespace, Name, dimensions))),
      ),
    ),
  );
}

interface Emf {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

const ENDPOINT: EndpointOutcome = {
  endpointId: 'cvpn-endpoint-0aaaaaaaaaaaaaaaa',
  outcome: 'committed',
  connections: 1,
  opened: 1,
  ended: 0,
  unparsed: 0,
  unidentified: 0,
  anomalies: 0,
  pages: 1,
  writeUnits: 3,
  capturedAt: '2026-11-20T08:00:00Z',
};

/** What AWS's services emit, by their guides: Lambda, SQS, HTTP APIs, DynamoDB, Client VPN. */
const OF_AWS = [
  ...['Duration', 'Invocations', 'Errors', 'Throttles'].map((name) => shown('AWS/Lambda', name, ['FunctionName'])),
  shown('AWS/SQS', 'ApproximateNumberOfMessagesVisible', ['QueueName']),
  ...['Count', '4xx', '5xx', 'Latency'].map((name) => shown('AWS/ApiGateway', name, ['ApiId'])),
  shown('AWS/DynamoDB', 'ConsumedWriteCapacityUnits', ['TableName']),
  shown('AWS/DynamoDB', 'ConsumedWriteCapacityUnits', ['TableName', 'GlobalSecondaryIndexName']),
  shown('AWS/ClientVPN', 'ActiveConnectionsCount', ['Endpoint']),
];

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('the dashboard', () => {
  let widgets: ReturnType<typeof widgetsOf>;
  beforeAll(() => {
    widgets = widgetsOf();
  });

  it('shows nothing that is not emitted, with or without targets', () => {
    const known = new Set([...emitted(), ...OF_AWS]);
    for (const config of [{}, TARGETS]) {
      const all = Object.values(widgetsOf(config)).flatMap(metricsOf);
      expect(all.length).toBeGreaterThan(15);
      expect(all.filter((metric) => !known.has(metric))).toEqual([]);
    }
  });

  it('shows age and connections of each target, where there are some', () => {
    const ofTarget = (config = {}) =>
      Object.values(widgetsOf(config))
        .flatMap(metricsOf)
        .filter((metric) => metric.endsWith(' service,target'));
    expect(ofTarget()).toEqual([]);
    expect(ofTarget(TARGETS)).toEqual([
      'ClientVpnAudit OldestSnapshotAge service,target',
      'ClientVpnAudit Connections service,target',
    ]);
  });

  it('shows every queue and every alarm of the stack', () => {
    const queues = widgets['Messages in the queues (expected: none)']?.metrics ?? [];
    expect(queues).toHaveLength(Object.keys(resourcesOf('AWS::SQS::Queue')).length);
    expect(widgets.Alarms?.alarms).toHaveLength(Object.keys(resourcesOf('AWS::CloudWatch::Alarm')).length);
  });

  it('shows no more alarms in a widget than it may have: of a hundred targets the rest in another', () => {
    const accounts = Array.from({ length: 100 }, (_, index) => String(111_111_111_111 + index));
    const targets = accounts.map((account) => ({
      account,
      roleArn: `arn:aws:iam::${account}:role/R`,
      region: 'eu-west-1',
    }));
    const config = { externalId: 'company-4711', targets };
    const shownAlarms = Object.values(widgetsOf(config)).flatMap(({ alarms = [] }) =>
      alarms.length > 0 ? [alarms] : [],
    );
    const all = Object.keys(resourcesOf('AWS::CloudWatch::Alarm', config));
    expect(shownAlarms.map(({ length }) => length)).toEqual([100, all.length - 100]);
    expect(new Set(shownAlarms.flat()).size).toBe(all.length);
  });

  it('asks the log for what the recorder writes into it', () => {
    const query = widgets['Newest snapshot by endpoint']?.query ?? '';
    const fields = [...query.matchAll(/latest\((\w+)\)/g), ...query.matchAll(/ by (\w+)/g)].map(([, field]) => field);
    expect(query).toMatch(/^SOURCE '\{RecorderLogs\}'/);
    expect(fields).toHaveLength(5);
    expect(fields.filter((field) => !(field !== undefined && field in ENDPOINT))).toEqual([]);
  });
});
