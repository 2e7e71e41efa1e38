import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
  SearchExpression,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  METRIC_NAMESPACE,
  METRIC_SERVICE,
  METRICS,
  REASON_DIMENSION,
  TARGET_DIMENSION,
} from '../../lambda/recorder/metric-names.ts';
import { oldestSnapshotAllowed, reportPeriod } from './alarms/recording-alarms.ts';
import type { TrailTables } from './storage/trail-tables.ts';

/** What a {@link TrailDashboard} shows. */
export interface TrailDashboardProps {
  readonly interval: Duration;
  /** Whether several accounts or Regions are recorded, each with metrics of its own. */
  readonly hasTargets: boolean;
  readonly recorder: IFunction;
  readonly recorderLogs: Pick<ILogGroup, 'logGroupName'>;
  readonly tables: Pick<TrailTables, 'snapshots' | 'connections' | 'accesses'>;
  readonly queues: readonly IQueue[];
  readonly query: IFunction;
  readonly api: HttpApi;
  readonly alarms: readonly Alarm[];
}

/** So many an alarm widget takes (CloudWatch API reference, "Dashboard body structure"); a hundred targets have more. */
const MOST_ALARMS = 100;

/** CloudWatch's dashboards are 24 units wide. */
const HALF = 12;
const THIRD = 8;

/**
 * One page about a trail for whoever is on call: is it recorded, does what is recorded arrive, is it answered. It has no metrics of its
 * own: connections by endpoint come from the recorder's log and from AWS's own count, because a custom metric for each endpoint would
 * cost by the endpoint (ADR 51). Nothing on it says who was connected.
 */
export class TrailDashboard extends Construct {
  /** Its address in the console of CloudWatch. */
  readonly url: string;
  readonly #props: TrailDashboardProps;
  readonly #period: Duration;

  constructor(scope: Construct, id: string, props: TrailDashboardProps) {
    super(scope, id);
    this.#props = props;
    this.#period = reportPeriod(props.interval);
    const dashboard = new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.days(1),
      widgets: [
        ...this.#alarms().map((widget) => [widget]),
        [this.#age(), this.#failures(), this.#runs()],
        [this.#connections(), this.#activeConnections()],
        [this.#newestByEndpoint()],
        [this.#writes(), this.#queues(), this.#answers()],
      ],
    });
    const { region } = Stack.of(this);
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`;
  }

  /** As few as possible. */
  #alarms(): AlarmStatusWidget[] {
    const { alarms } = this.#props;
    const widgets = Array.from({ length: Math.ceil(alarms.length / MOST_ALARMS) }, (_, index) => index * MOST_ALARMS);
    return widgets.map((from) => {
      const title = from === 0 ? 'Alarms' : `Alarms from ${from + 1} on`;
      return new AlarmStatusWidget({ title, alarms: alarms.slice(from, from + MOST_ALARMS), width: 24, height: 4 });
    });
  }

  #age(): GraphWidget {
    const allowed = oldestSnapshotAllowed(this.#props.interval).toSeconds();
    return new GraphWidget({
      title: 'Age of the newest snapshot (the endpoint that has the oldest)',
      width: THIRD,
      left: this.#byTarget(METRICS.oldestSnapshotAge, 'Maximum'),
      leftYAxis: { label: 'seconds', showUnits: false, min: 0 },
      leftAnnotations: [{ value: allowed, label: 'alarm' }],
    });
  }

  #failures(): GraphWidget {
    return new GraphWidget({
      title: 'Failures by reason',
      width: THIRD,
      stacked: true,
      left: [this.#searchReported([REASON_DIMENSION], METRICS.failures, 'Sum')],
    });
  }

  #runs(): GraphWidget {
    const { recorder } = this.#props;
    const of = { period: this.#period };
    return new GraphWidget({
      title: "The recorder's runs",
      width: THIRD,
      left: [recorder.metricDuration({ ...of, statistic: 'Maximum', label: 'longest' })],
      right: [
        recorder.metricInvocations({ ...of, statistic: 'Sum', label: 'runs' }),
        recorder.metricErrors({ ...of, statistic: 'Sum', label: 'failed' }),
      ],
    });
  }

  #connections(): GraphWidget {
    return new GraphWidget({
      title: 'Connections in the snapshots (active, or ended within the hour)',
      width: HALF,
      left: this.#byTarget(METRICS.connections, 'Maximum'),
    });
  }

  /** Those of this account and Region; the metric is AWS's, every five minutes. */
  #activeConnections(): GraphWidget {
    return new GraphWidget({
      title: "Active connections by endpoint (AWS's own count, this account and Region)",
      width: HALF,
      left: [this.#search('{AWS/ClientVPN,Endpoint} MetricName="ActiveConnectionsCount"', 'Maximum')],
    });
  }

  /** All endpoints, of other accounts and Regions too. */
  #newestByEndpoint(): LogQueryWidget {
    return new LogQueryWidget({
      title: 'Newest snapshot by endpoint',
      width: 24,
      logGroupNames: [this.#props.recorderLogs.logGroupName],
      view: LogQueryVisualizationType.TABLE,
      queryLines: [
        "filter message = 'endpoint'",
        'stats latest(outcome) as last, latest(capturedAt) as captured, latest(connections) as listed, latest(writeUnits) as units by endpointId',
        'sort endpointId',
      ],
    });
  }

  #writes(): GraphWidget {
    const { snapshots, connections, accesses } = this.#props.tables;
    const ofTable = ({ tableName: TableName }: typeof snapshots, label: string) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: 'ConsumedWriteCapacityUnits',
        dimensionsMap: { TableName },
        statistic: 'Sum',
        period: this.#period,
        label,
      });
    const indexes = `SUM(SEARCH('{AWS/DynamoDB,TableName,GlobalSecondaryIndexName} MetricName="ConsumedWriteCapacityUnits" TableName="${connections.tableName}"', 'Sum', ${this.#period.toSeconds()}))`;
    return new GraphWidget({
      title: 'Write units',
      width: THIRD,
      stacked: true,
      left: [
        ofTable(snapshots, 'Snapshots'),
        ofTable(connections, 'Connections'),
        new SearchExpression({ expression: indexes, label: 'indexes of Connections', period: this.#period }),
        ofTable(accesses, 'Accesses'),
      ],
    });
  }

  #queues(): GraphWidget {
    return new GraphWidget({
      title: 'Messages in the queues (expected: none)',
      width: THIRD,
      left: this.#props.queues.map((queue) =>
        queue.metricApproximateNumberOfMessagesVisible({ period: this.#period, statistic: 'Maximum' }),
      ),
      leftYAxis: { min: 0 },
    });
  }

  #answers(): GraphWidget {
    const { api, query } = this.#props;
    const of = { period: this.#period };
    return new GraphWidget({
      title: 'Answers, and how long they take',
      width: THIRD,
      left: [
        api.metricCount({ ...of, statistic: 'Sum', label: 'answers' }),
        api.metricClientError({ ...of, statistic: 'Sum', label: '4xx' }),
        api.metricServerError({ ...of, statistic: 'Sum', label: '5xx' }),
        query.metricThrottles({ ...of, statistic: 'Sum', label: 'throttled' }),
      ],
      right: [
        api.metricLatency({ ...of, statistic: 'p50', label: 'half within' }),
        api.metricLatency({ ...of, statistic: 'p99', label: '99 % within' }),
      ],
    });
  }

  /** A metric of the recorder: over all, and where there are targets of each. */
  #byTarget(metricName: string, statistic: string): IMetric[] {
    const all = new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { service: METRIC_SERVICE },
      statistic,
      period: this.#period,
      label: this.#props.hasTargets ? 'any target' : metricName,
    });
    return this.#props.hasTargets ? [all, this.#searchReported([TARGET_DIMENSION], metricName, statistic)] : [all];
  }

  #searchReported(dimensions: readonly string[], metricName: string, statistic: string): SearchExpression {
    const schema = [METRIC_NAMESPACE, 'service', ...dimensions].join(',');
    return this.#search(`{${schema}} MetricName="${metricName}" service="${METRIC_SERVICE}"`, statistic);
  }

  #search(terms: string, statistic: string): SearchExpression {
    const expression = `SEARCH('${terms}', '${statistic}', ${this.#period.toSeconds()})`;
    return new SearchExpression({ expression, period: this.#period });
  }
}
