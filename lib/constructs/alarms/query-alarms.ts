import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ACCESSES } from '../../../lambda/dynamodb/tables.ts';
import type { TrailTable } from '../storage/trail-tables.ts';
import * as TEXTS from './alarm-texts.ts';
import { throttleAlarms, throttles } from './throttle-alarms.ts';
import { ONE_OR_MORE, trailAlarm } from './trail-alarm.ts';

/** What {@link QueryAlarms} watches, and where its alarms go. */
export interface QueryAlarmsProps {
  readonly query: IFunction;
  readonly api: HttpApi;
  readonly accesses: TrailTable;
  readonly topic: ITopic;
}

/** Five minutes, like the recorder's metrics: a failing query loses no data, so faster is not needed. */
const SUM = { period: Duration.minutes(5), statistic: 'Sum' };

/** The alarms for queries that are not answered. Throttled reads of the trail are among the recorder's alarms. */
export class QueryAlarms extends Construct {
  constructor(scope: Construct, id: string, { query, api, accesses, topic }: QueryAlarmsProps) {
    super(scope, id);
    const watch = (name: string, metric: IMetric, alarmDescription: string) =>
      trailAlarm(this, name, topic, { ...ONE_OR_MORE, metric, alarmDescription });
    watch('QueryErrors', query.metricErrors(SUM), TEXTS.queryErrors);
    watch('QueryThrottled', query.metricThrottles(SUM), TEXTS.queryThrottled);
    watch('ApiServerErrors', api.metricServerError(SUM), TEXTS.apiServerErrors);
    const accessThrottles = [...throttles('Write', accesses, ACCESSES), ...throttles('Read', accesses, ACCESSES)];
    throttleAlarms(this, 'AccessesThrottled', topic, accessThrottles, TEXTS.accessesThrottled);
  }
}
