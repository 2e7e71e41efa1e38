import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { KmsSigner } from '../archive/kms-signer.ts';
import { S3Archive } from '../archive/s3-archive.ts';
import { documentClient } from '../dynamodb/documents.ts';
import { answerEvents } from '../query/answer-events.ts';
import { readEnvironment } from '../settings.ts';
import type { Archive } from '../trail/archive.ts';
import { toError } from '../trail/to-error.ts';
import { createExportApp, type ExportPorts } from './app.ts';
import { exportEnvironment } from './env.ts';

/** The ports of the handler. */
export interface HandlerPorts extends Omit<ExportPorts, 'settings'> {
  readonly archive: Archive;
  readonly onDailyNote: (text: string) => void;
}

const scheduledEvent = z.strictObject({ scheduledTime: z.iso.datetime({ offset: true }) });

/** Reserved from Lambda's timeout for the last writes and the summary. */
const SPARE_MILLISECONDS = 20_000;

type Handler = (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<unknown>;

/**
 * Makes the export function's handler. It accepts events of an API Gateway HTTP API (payload format 2.0) with IAM
 * authorization, and the daily schedule's `{ "scheduledTime": "2026-11-23T02:00:00Z" }`.
 *
 * @param environment the function's environment; see `env.ts`
 * @param ports replaced in tests
 * @throws TypeError if the environment is not what the construct writes; the message names the error
 */
export function createHandler(environment: NodeJS.ProcessEnv, ports: HandlerPorts): Handler {
  const settings = readEnvironment(exportEnvironment, environment, 'the export function');
  const answer = answerEvents(createExportApp({ ...ports, settings }));
  return async (event, context) => {
    if (Object.hasOwn(Object(event), 'requestContext')) return answer(event as never, context as never);
    const at = readScheduledTime(event);
    const deadline = new Date(ports.now().getTime() + context.getRemainingTimeInMillis() - SPARE_MILLISECONDS);
    // Loaded with the first scheduled event, so that signing does not wait for it.
    const { exportDays } = await import('./daily/export-days.ts');
    return exportDays(ports, settings, { at, deadline, onNote: ports.onDailyNote });
  };
}

function readScheduledTime(event: unknown): Date {
  const read = scheduledEvent.safeParse(event);
  if (read.success) return new Date(read.data.scheduledTime);
  throw new TypeError(
    `expected a request of the API, or the schedule's event, like {"scheduledTime":"2026-11-23T02:00:00Z"}; got ${JSON.stringify(event)}`,
  );
}

/** A call that hangs must not use up the whole run. */
const REQUESTS = { connectionTimeout: 3000, requestTimeout: 20_000, throwOnRequestTimeout: true };

function portsOf({ ARCHIVE_BUCKET = '', SIGNING_KEY = '' }: NodeJS.ProcessEnv): HandlerPorts {
  const logger = new Logger({ serviceName: 'export' });
  return {
    documents: documentClient(new DynamoDBClient({})),
    archive: new S3Archive(new S3Client({ requestHandler: REQUESTS }), ARCHIVE_BUCKET),
    signer: new KmsSigner(new KMSClient({ requestHandler: REQUESTS }), SIGNING_KEY),
    now: () => new Date(),
    onError: (error) => logger.error('not signed', { error: toError(error) }),
    onDailyNote: (text) => logger.info(text),
  };
}

/** The function that the stack deploys. */
export const handler: Handler = (event, context) => {
  deployed ??= createHandler(process.env, portsOf(process.env));
  return deployed(event, context);
};

let deployed: Handler | undefined;
