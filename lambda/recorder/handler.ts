import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { KmsSigner } from '../archive/kms-signer.ts';
import { S3Archive } from '../archive/s3-archive.ts';
import { documentClient } from '../dynamodb/documents.ts';
import { readEnvironment } from '../settings.ts';
import { consequenceOf } from '../trail/failure.ts';
import { targetName } from '../trail/target-name.ts';
import { toInstant } from '../trail/time.ts';
import { toError } from '../trail/to-error.ts';
import { recorderEnvironment } from './env.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE, METRICS, REASON_DIMENSION, TARGET_DIMENSION } from './metric-names.ts';
import { type RecorderOptions, type RecorderPorts, record } from './recorder.ts';
import type { RecordingSummary } from './summary.ts';
import { optionsFor, type Target, targetShape } from './target.ts';
import { targetClients } from './target-clients.ts';

/** The schedule's event: the scheduled time, so that a retry finds its own earlier work, and what is recorded, if not the own account and Region. */
const scheduledEvent = z.object({ slot: z.iso.datetime({ offset: true }), target: z.optional(targetShape) });

/** Reserved from Lambda's timeout for the last writes, the summary and the metrics. */
const SPARE_MILLISECONDS = 10_000;

/** Not every endpoint was recorded: thrown so that Lambda retries, and keeps the event if all retries fail. */
class RecordingIncomplete extends Error {
  override readonly name = 'RecordingIncomplete';
}

type Handler = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
) => Promise<RecordingSummary>;

/**
 * Makes the recorder's handler.
 *
 * @param environment the function's environment; see `env.ts`
 * @param ports replaced in tests
 * @param ec2Of EC2 for a target; by default that of the ports
 * @throws TypeError if the environment is not what the construct writes; the message names the error
 */
export function createHandler(
  environment: NodeJS.ProcessEnv,
  ports: RecorderPorts,
  ec2Of: (target: Target) => EC2Client = () => ports.ec2,
): Handler {
  // Lambda sets the Region.
  const schema = z.extend(recorderEnvironment, { AWS_REGION: z.string() });
  const read = readEnvironment(schema, environment, 'the recorder');
  const options: RecorderOptions = { ...read, REGION: read.AWS_REGION };
  const logger = new Logger({ serviceName: METRIC_SERVICE });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: METRIC_SERVICE });
  return async (event, context) => {
    const { slot, target } = readEvent(event);
    const recorded = target ? optionsFor(options, target) : options;
    const name = target && nameOf(recorded);
    // What one recording says, in all its attempts, is found by these (docs/organization.md).
    logger.resetKeys();
    logger.appendKeys({
      recording: [toInstant(slot), ...(name ? [name] : [])].join(' '),
      // Lambda keeps the id of its request in all attempts.
      attempt: randomUUID(),
      lambdaRequestId: context.awsRequestId,
      ...(name ? { target: name } : {}),
    });
    const of = target ? { ...ports, ec2: ec2Of(target) } : ports;
    const summary = await record(of, recorded, slot, {
      deadline: new Date(ports.now().getTime() + context.getRemainingTimeInMillis() - SPARE_MILLISECONDS),
      // The logger drops a member named `message`, with a warning.
      onError: (endpointId, { message, ...failure }, error) =>
        logger.error(consequenceOf(failure), { endpointId, ...failure, detail: message, error: toError(error) }),
    });
    for (const endpoint of summary.endpoints) logger.info('endpoint', { slot: summary.slot, ...endpoint });
    reportMetrics(metrics, summary, name);
    const { endpoints: _, ...totals } = summary;
    logger.info('recording', totals);
    if (summary.failures.length > 0) throw new RecordingIncomplete(describeFailures(summary, name));
    return summary;
  };
}

function readEvent(event: unknown): { readonly slot: Date; readonly target?: Target | undefined } {
  const read = scheduledEvent.safeParse(event);
  if (read.success) return { slot: new Date(read.data.slot), target: read.data.target };
  throw new TypeError(
    `expected the schedule’s event, like {"slot":"2026-11-22T14:05:00Z"}, got ${JSON.stringify(event)}:\n${z.prettifyError(read.error)}`,
  );
}

function nameOf({ ACCOUNT_ID, REGION }: RecorderOptions): string {
  return targetName({ account: ACCOUNT_ID ?? 'unknown', region: REGION });
}

function describeFailures({ slot, failures }: RecordingSummary, target: string | undefined): string {
  const each = failures.map(({ endpointId, reason, message, unfinished }) => {
    const subject = endpointId ?? (unfinished?.includes('trail-checkpoint') ? 'trail' : 'list of endpoints');
    const consequence = unfinished ? `${consequenceOf({ unfinished })}: ` : '';
    return `${subject}: ${consequence}${reason} (${message})`;
  });
  return `the recording of ${target ? `${target} at ` : ''}${slot} is incomplete: ${each.join('; ')}`;
}

/**
 * Emits a recording's metrics (CloudWatch embedded metric format, on standard output).
 *
 * @param target its name: then each metric is there once more with it as a dimension
 */
export function reportMetrics(metrics: Metrics, summary: RecordingSummary, target?: string): void {
  if (target !== undefined) metrics.addDimensions({}).addDimensions({ [TARGET_DIMENSION]: target });
  const committed = summary.endpoints.filter(({ outcome, appended }) => (appended ?? outcome) === 'committed').length;
  const anomalies = summary.endpoints.reduce((total, endpoint) => total + endpoint.anomalies, 0);
  metrics.addMetric(METRICS.snapshotsCommitted, MetricUnit.Count, committed);
  metrics.addMetric(METRICS.connections, MetricUnit.Count, summary.connections);
  metrics.addMetric(METRICS.oldestSnapshotAge, MetricUnit.Seconds, summary.oldestSnapshotAgeSeconds);
  metrics.addMetric(METRICS.failures, MetricUnit.Count, summary.failures.length);
  metrics.addMetric(METRICS.unparsedRows, MetricUnit.Count, summary.unparsed);
  metrics.addMetric(METRICS.anomalies, MetricUnit.Count, anomalies);
  metrics.publishStoredMetrics();
  const byReason = Map.groupBy(summary.failures, ({ reason }) => reason);
  for (const [reason, failures] of byReason) {
    const of = target === undefined ? [{}] : [{}, { [TARGET_DIMENSION]: target }];
    for (const dimensions of of) {
      metrics
        .singleMetric()
        .addDimensions({ [REASON_DIMENSION]: reason, ...dimensions })
        .addMetric(METRICS.failures, MetricUnit.Count, failures.length);
    }
  }
}

/** With AWS's backoff this many attempts last about half a minute, so throttling for that long loses no snapshot. */
const ATTEMPTS = 8;

/** The archive must not delay the projection for long: the next run archives the rest. */
const ARCHIVE_HANDLER = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true };

function portsOf({ ARCHIVE_BUCKET = '', SIGNING_KEY = '', PREVIOUS_SIGNING_KEY }: NodeJS.ProcessEnv): RecorderPorts {
  const kms = new KMSClient({ requestHandler: ARCHIVE_HANDLER });
  const previous = PREVIOUS_SIGNING_KEY ? new KmsSigner(kms, PREVIOUS_SIGNING_KEY) : undefined;
  return {
    ec2: new EC2Client({ maxAttempts: ATTEMPTS }),
    documents: documentClient(new DynamoDBClient({ maxAttempts: ATTEMPTS })),
    archive: new S3Archive(new S3Client({ requestHandler: ARCHIVE_HANDLER }), ARCHIVE_BUCKET),
    signer: new KmsSigner(kms, SIGNING_KEY, { previous }),
    now: () => new Date(),
  };
}

/** The function that the stack deploys: `{ "slot": "2026-11-22T14:05:00Z" }` in, a {@link RecordingSummary} out. */
export const handler: Handler = (event, context) => {
  deployed ??= createHandler(process.env, portsOf(process.env), targetClientsOf(process.env));
  return deployed(event, context);
};

function targetClientsOf({ AWS_REGION = '', EXTERNAL_ID }: NodeJS.ProcessEnv) {
  return targetClients({ region: AWS_REGION, externalId: EXTERNAL_ID, ec2: { maxAttempts: ATTEMPTS } });
}

let deployed: Handler | undefined;
