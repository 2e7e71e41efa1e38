import { Duration, RemovalPolicy, Stack, TimeZone, Token } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { parseConfig } from '../config.ts';
import { type RecordedTarget, recordedTargets } from '../recorded-targets.ts';
import type { TrailSettings } from '../settings.ts';
import type { StackPlace, TargetGiven } from '../targets.ts';
import { ExportAlarms } from './alarms/export-alarms.ts';
import { QueryAlarms } from './alarms/query-alarms.ts';
import { RecordingAlarms } from './alarms/recording-alarms.ts';
import { QueryApi } from './api/query-api.ts';
import { ExportFunction } from './functions/export-function.ts';
import { FunctionSchedule } from './functions/function-schedule.ts';
import { PublicKey } from './functions/public-key.ts';
import { QueryFunction } from './functions/query-function.ts';
import { RecorderFunction } from './functions/recorder-function.ts';
import { SigningKey } from './storage/signing-key.ts';
import { TrailArchive } from './storage/trail-archive.ts';
import { TrailTables } from './storage/trail-tables.ts';
import { TrailDashboard } from './trail-dashboard.ts';

/** Resources of a successful deployment are retained; a failed first deployment removes its own (ADR 27). */
const REMOVAL: Readonly<Record<TrailSettings['removalPolicy'], RemovalPolicy>> = {
  retain: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  destroy: RemovalPolicy.DESTROY,
};

/** Settings of an {@link AuditTrail}, which `docs/configuration.md` describes; all have defaults. */
export type AuditTrailProps = {
  readonly [K in Exclude<keyof TrailSettings, 'targets'>]?: TrailSettings[K] | undefined;
} & {
  readonly targets?: readonly TargetGiven[] | undefined;
};

/**
 * A lasting trail of the connections of AWS Client VPN endpoints of one account and Region, or of several (`targets`): three tables and
 * an archive, a key that signs, a function that records into them on a schedule, an API that answers questions about what was recorded,
 * a function that exports it, and the alarms that say when one of them does not.
 *
 * One in a Region and account: the recorder's metrics carry no name of a trail, so the alarms of two would hear both.
 */
export class AuditTrail extends Construct {
  readonly tables: TrailTables;
  readonly recorder: RecorderFunction;
  readonly schedule: FunctionSchedule;
  readonly archive: TrailArchive;
  readonly signingKey: SigningKey;
  readonly publicKey: PublicKey;
  readonly exporter: ExportFunction;
  /** Absent where days are not exported on schedule. */
  readonly dailyExport: FunctionSchedule | undefined;
  readonly alarms: RecordingAlarms;
  readonly query: QueryFunction;
  readonly api: QueryApi;
  readonly queryAlarms: QueryAlarms;
  readonly exportAlarms: ExportAlarms;
  readonly dashboard: TrailDashboard;

  /** @throws ConfigError that names each setting which is wrong, what was given and what was expected */
  constructor(scope: Construct, id: string, props: AuditTrailProps = {}) {
    super(scope, id);
    const settings = parseConfig({ ...props }, placeOf(Stack.of(this)));
    const interval = Duration.minutes(settings.interval);
    const logRetention = settings.logRetentionDays;
    const stored = { ...settings, removalPolicy: REMOVAL[settings.removalPolicy] };
    const tables = new TrailTables(this, 'Tables', stored);
    const { encryptionKey } = tables;
    this.tables = tables;
    this.archive = new TrailArchive(this, 'Archive', { ...stored, encryptionKey });
    this.signingKey = new SigningKey(this, 'SigningKey', stored);
    this.publicKey = new PublicKey(this, 'PublicKey', { signingKey: this.signingKey, logRetention });
    const trail = { settings, tables, archive: this.archive, signingKey: this.signingKey, logRetention };
    const targets = recordedTargets(this, settings);
    this.recorder = new RecorderFunction(this, 'Recorder', { ...trail, targets });
    this.schedule = new FunctionSchedule(this, 'Schedule', {
      of: 'the recorder',
      target: this.recorder.function,
      when: ScheduleExpression.rate(interval),
      timeMember: 'slot',
      maxEventAge: interval,
      ...(targets ? { events: eventsOf(targets) } : {}),
    });
    this.alarms = new RecordingAlarms(this, 'Alarms', {
      interval,
      recorder: this.recorder.function,
      undelivered: this.schedule.undelivered,
      failedRecordings: this.recorder.failedRecordings,
      tables,
      email: settings.alarmEmail,
      targets,
    });
    this.query = new QueryFunction(this, 'Query', trail);
    this.exporter = new ExportFunction(this, 'Export', trail);
    this.dailyExport = this.#dailyExport(settings.dailyExportHour);
    this.api = new QueryApi(this, 'Api', {
      query: this.query.function,
      exporter: this.exporter.function,
      rateLimit: settings.apiRateLimit,
      burstLimit: settings.apiBurstLimit,
      logRetention,
    });
    this.queryAlarms = new QueryAlarms(this, 'QueryAlarms', {
      query: this.query.function,
      api: this.api.api,
      accesses: tables.accesses,
      topic: this.alarms.topic,
    });
    this.exportAlarms = new ExportAlarms(this, 'ExportAlarms', {
      exporter: this.exporter.function,
      failedExports: this.exporter.failedExports,
      undelivered: this.dailyExport?.undelivered,
      topic: this.alarms.topic,
    });
    this.dashboard = this.#dashboard(interval, targets !== undefined);
  }

  #dashboard(interval: Duration, hasTargets: boolean): TrailDashboard {
    const { recorder, schedule, exporter, dailyExport, tables, query, api } = this;
    const { undelivered } = schedule;
    const watching = [this.alarms, this.queryAlarms, this.exportAlarms].flatMap(({ node }) => node.findAll());
    return new TrailDashboard(this, 'Dashboard', {
      interval,
      hasTargets,
      recorder: recorder.function,
      recorderLogs: recorder.logGroup,
      tables,
      queues: [
        undelivered,
        recorder.failedRecordings,
        exporter.failedExports,
        ...(dailyExport ? [dailyExport.undelivered] : []),
      ],
      query: query.function,
      api: api.api,
      alarms: watching.filter((one) => one instanceof Alarm),
    });
  }

  #dailyExport(hour: number | 'off'): FunctionSchedule | undefined {
    if (hour === 'off') return undefined;
    return new FunctionSchedule(this, 'DailyExport', {
      of: 'the daily export',
      target: this.exporter.function,
      when: ScheduleExpression.cron({ minute: '0', hour: String(hour), timeZone: TimeZone.ETC_UTC }),
      timeMember: 'scheduledTime',
      maxEventAge: Duration.hours(6),
    });
  }
}

function placeOf({ account, region }: Stack): StackPlace {
  const known = (name: string) => (Token.isUnresolved(name) ? undefined : name);
  return { account: known(account), region: known(region) };
}

/** A schedule for each target: one that fails, or is slow, holds up no other. */
const eventsOf = (targets: readonly RecordedTarget[]) =>
  Object.fromEntries(
    targets.map(({ id, name, event }) => [id, { of: `the recorder of ${name}`, more: { target: event } }]),
  );
