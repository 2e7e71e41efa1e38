import type { EC2Client } from '@aws-sdk/client-ec2';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbProjection } from '../trail/dynamodb/dynamodb-projection.ts';
import { DynamoDbSnapshotLog } from '../trail/dynamodb/dynamodb-snapshot-log.ts';
import { Meter } from '../trail/dynamodb/meter.ts';
import type { Elements } from '../trail/element.ts';
import type { Failure } from '../trail/failure.ts';
import type { Head } from '../trail/head.ts';
import { type Instant, secondsBetween, toInstant } from '../trail/time.ts';
import {
  accountOf,
  closedLogs,
  type EndpointList,
  type ExpectedEndpoint,
  expectedEndpoints,
  keepDescriptions,
  readEndpointList,
} from './endpoints.ts';
import type { RecorderSettings } from './env.ts';
import { type EndpointPorts, type EndpointRun, finishClosed, recordEndpoint } from './record-endpoint.ts';
import type { EndpointOutcome, RecordingSummary } from './summary.ts';

/** What the recorder reaches the world through. */
export interface RecorderPorts {
  readonly ec2: EC2Client;
  /** Made by `documentClient`. */
  readonly documents: DynamoDBDocumentClient;
  readonly now: () => Date;
  /** A signal that aborts after so many milliseconds; by default {@link AbortSignal.timeout}. */
  readonly timeout?: (milliseconds: number) => AbortSignal;
}

/** The recorder's settings; without an account, it is read from each endpoint's server certificate. */
export type RecorderOptions = Omit<RecorderSettings, 'ACCOUNT_ID'> & {
  readonly REGION: string;
  readonly ACCOUNT_ID?: string;
};

/** How one recording is run. */
export interface RecordingRun {
  /** The recording ends by then; what is left over, the next one mends. */
  readonly deadline?: Date;
  readonly onOutcome?: (outcome: EndpointOutcome) => void;
  /** Told of each error with its cause, for the logs. */
  readonly onError?: (endpointId: string | undefined, failure: Failure, error: unknown) => void;
}

/** A slot further ahead than this is a mistake; it would make all that come before it superseded. */
const AHEAD_SECONDS = 300;
/** Without a deadline of the run. */
const DEFAULT_MILLISECONDS = 270_000;
/** Of the time that is left, this much is kept for storing and projecting what was captured. */
const CAPTURE_SHARE = 0.6;
/** AWS allows five endpoints a Region by default; more than that wait their turn. */
const ENDPOINTS_AT_ONCE = 5;

/**
 * One recording: every expected endpoint is captured, appended to its log and projected, each for itself. Failures are in
 * the summary and in the trail; it throws only where the trail itself cannot be read, or for a slot in the future.
 *
 * @param at the scheduled moment
 * @throws RangeError for a slot more than five minutes ahead of the clock
 */
export async function record(
  ports: RecorderPorts,
  options: RecorderOptions,
  at: Date,
  run: RecordingRun = {},
): Promise<RecordingSummary> {
  const slot = toInstant(at);
  if (secondsBetween(toInstant(ports.now()), slot) > AHEAD_SECONDS) {
    throw new RangeError(
      `slot ${slot} is in the future: it is ${toInstant(ports.now())}; expected the time of this recording`,
    );
  }
  const { timeout = (milliseconds: number) => AbortSignal.timeout(milliseconds) } = ports;
  const left = run.deadline ? run.deadline.getTime() - ports.now().getTime() : DEFAULT_MILLISECONDS;
  const capturing = { ...ports, timeout };
  const captureDeadline = timeout(Math.max(1, Math.floor(left * CAPTURE_SHARE)));
  const log = new DynamoDbSnapshotLog(ports.documents, options.SNAPSHOTS_TABLE);
  const known = await log.readEndpoints();
  const list = await readEndpointList(capturing, captureDeadline);
  const expected = expectedEndpoints(options.ENDPOINTS, list, known);
  if (list.failure) {
    run.onError?.(undefined, list.failure, list.error);
    await log.noteFailure(undefined, slot, { ...list.failure, at: toInstant(ports.now()) }).catch(() => undefined);
  } else {
    await keepDescriptions(log, list, expected);
  }
  const work = (endpoint: ExpectedEndpoint | Head) =>
    prepare(capturing, options, slot, endpoint, list, { ...run, captureDeadline });
  const outcomes = await inTurns(expected, ENDPOINTS_AT_ONCE, async (endpoint) => {
    const outcome = await recordEndpoint(...work(endpoint), endpoint);
    run.onOutcome?.(outcome);
    return outcome;
  });
  const finished = await inTurns(closedLogs(known, expected), ENDPOINTS_AT_ONCE, (head) =>
    finishClosed(...work(head), head),
  );
  const all = [...outcomes, ...finished.filter((outcome) => outcome !== undefined)];
  return summarize(slot, all, list.failure, oldestAge(expected, outcomes, toInstant(ports.now())));
}

/** What one endpoint is recorded through, and how. */
function prepare(
  ports: RecorderPorts & { timeout: (milliseconds: number) => AbortSignal },
  options: RecorderOptions,
  slot: Instant,
  endpoint: { readonly endpointId: string; readonly description?: Elements },
  list: EndpointList,
  run: RecordingRun & { captureDeadline: AbortSignal },
): [EndpointPorts, EndpointRun] {
  const meter = new Meter();
  const { endpointId } = endpoint;
  const description = list.descriptions?.get(endpointId) ?? endpoint.description;
  return [
    {
      ...ports,
      log: new DynamoDbSnapshotLog(ports.documents, options.SNAPSHOTS_TABLE, meter),
      projection: new DynamoDbProjection(ports.documents, options.CONNECTIONS_TABLE, meter),
      writeUnits: () => meter.writeUnits,
    },
    {
      endpointId,
      slot,
      accountId: options.ACCOUNT_ID ?? accountOf(description) ?? 'unknown',
      region: options.REGION,
      pageSize: options.PAGE_SIZE,
      epsilonSeconds: options.EPSILON_SECONDS,
      intervalMinutes: options.INTERVAL_MINUTES,
      ...(options.RETENTION === 'forever' ? {} : { retentionDays: options.RETENTION }),
      captureDeadline: run.captureDeadline,
      deadline: run.deadline,
      onError: run.onError,
    },
  ];
}

/** Seconds since the newest snapshot of the endpoint that has the oldest; one without any counts from AWS's window. */
function oldestAge(expected: readonly ExpectedEndpoint[], outcomes: readonly EndpointOutcome[], now: Instant): number {
  const ages = expected.map(({ endpointId, head }) => {
    const outcome = outcomes.find((one) => one.endpointId === endpointId);
    if (outcome?.outcome === 'closed') return 0;
    const newest = outcome?.capturedAt ?? head?.f;
    return newest === undefined ? NEVER_RECORDED_SECONDS : Math.max(0, secondsBetween(newest, now));
  });
  return Math.max(0, ...ages);
}

/** An endpoint without any snapshot: what AWS forgets after 60 minutes is being lost. */
const NEVER_RECORDED_SECONDS = 3600;

function summarize(
  slot: Instant,
  endpoints: readonly EndpointOutcome[],
  listFailure: Failure | undefined,
  oldestSnapshotAgeSeconds: number,
): RecordingSummary {
  const sum = (member: 'connections' | 'opened' | 'ended' | 'unparsed') =>
    endpoints.reduce((total, one) => total + one[member], 0);
  const failures = endpoints.flatMap(({ endpointId, failure }) => (failure ? [{ endpointId, ...failure }] : []));
  return {
    slot,
    endpoints,
    connections: sum('connections'),
    opened: sum('opened'),
    ended: sum('ended'),
    unparsed: sum('unparsed'),
    failures: listFailure ? [listFailure, ...failures] : failures,
    oldestSnapshotAgeSeconds,
  };
}

async function inTurns<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = all.entries();
  const worker = async () => {
    for (const [index, one] of waiting) results[index] = await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
