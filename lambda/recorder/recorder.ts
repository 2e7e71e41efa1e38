import type { EC2Client } from '@aws-sdk/client-ec2';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbProjection } from '../dynamodb/dynamodb-projection.ts';
import { DynamoDbSnapshotLog } from '../dynamodb/dynamodb-snapshot-log.ts';
import { Meter } from '../dynamodb/meter.ts';
import { fewAtOnce } from '../few-at-once.ts';
import type { Archive } from '../trail/archive.ts';
import { isFarAhead } from '../trail/clocks.ts';
import type { Elements } from '../trail/element.ts';
import type { Failure } from '../trail/failure.ts';
import type { Head } from '../trail/head.ts';
import { describedOwner, type Owner } from '../trail/owner.ts';
import type { SnapshotLog } from '../trail/ports.ts';
import { present } from '../trail/present.ts';
import type { Signer } from '../trail/signed-note.ts';
import { targetName } from '../trail/target-name.ts';
import { addSeconds, type Instant, secondsBetween, toInstant } from '../trail/time.ts';
import { recordTrail } from './anchor-trail.ts';
import type { EndpointPorts, EndpointRun } from './append-slot.ts';
import type { CapturePorts } from './capture.ts';
import {
  closedLogs,
  type EndpointList,
  type ExpectedEndpoint,
  expectedEndpoints,
  isOthers,
  keepDescriptions,
  readEndpointList,
  recordedOwner,
} from './endpoints.ts';
import type { RecorderSettings } from './env.ts';
import { SlotAhead, StoreError, toFailure } from './failures.ts';
import { finishClosed, recordEndpoint } from './record-endpoint.ts';
import type { EndpointOutcome, RecordingSummary } from './summary.ts';
import { NEVER_RECORDED_SECONDS, oldestAge, summarize } from './summary.ts';

/** The ports of the recorder. */
export interface RecorderPorts {
  readonly ec2: EC2Client;
  /** Made by `documentClient`. */
  readonly documents: DynamoDBDocumentClient;
  /** The archive for the second copy of the evidence, with its signed checkpoints. */
  readonly archive: Archive;
  readonly signer: Signer;
  readonly now: () => Date;
  /** Milliseconds on a clock that only goes forward; by default that of the process (`performance.now`). */
  readonly elapsed?: () => number;
  /** A signal that aborts after so many milliseconds; by default {@link AbortSignal.timeout}. */
  readonly timeout?: (milliseconds: number) => AbortSignal;
}

/** The recorder's settings. Without an account, it is read from each endpoint's server certificate. */
export type RecorderOptions = Omit<
  RecorderSettings,
  'ACCOUNT_ID' | 'EXTERNAL_ID' | 'ARCHIVE_BUCKET' | 'SIGNING_KEY' | 'PREVIOUS_SIGNING_KEY'
> & {
  readonly REGION: string;
  readonly ACCOUNT_ID?: string;
  /** What the endpoints' certificates must tell, where nothing else does: a person's word for whose credentials they are. */
  readonly EXPECTED_ACCOUNT?: string;
  /** It is one of several targets, so answers must be told where AWS lists no endpoint (ADR 45). */
  readonly IS_TARGET?: boolean;
};

/** How one recording is run. */
export interface RecordingRun {
  /** The recording ends by then; the next one completes the rest. */
  readonly deadline?: Date;
  readonly onOutcome?: (outcome: EndpointOutcome) => void;
  /** Told of each error with its cause, for the logs. */
  readonly onError?: (endpointId: string | undefined, failure: Failure, error: unknown) => void;
}

/** Without a deadline of the run. */
const DEFAULT_MILLISECONDS = 270_000;
/** This much of the remaining time is reserved for storing and projecting the capture. */
const CAPTURE_SHARE = 0.6;
/** AWS allows five endpoints per Region by default; further ones wait. */
const ENDPOINTS_AT_ONCE = 5;

/**
 * One recording: captures every expected endpoint, appends it to its log and projects it, independently of the others. Failures
 * are in the summary and in the trail. It throws only if the trail cannot be read, for a slot in the future, or where another account than
 * the expected one answers.
 *
 * @param at the scheduled moment
 * @throws RangeError for a slot more than five minutes ahead of AWS's time: nothing is written then
 * @throws TypeError where the endpoints are not of the expected account: nothing is written then
 */
export async function record(
  ports: RecorderPorts,
  options: RecorderOptions,
  at: Date,
  run: RecordingRun = {},
): Promise<RecordingSummary> {
  const slot = toInstant(at);
  const { timeout = (milliseconds: number) => AbortSignal.timeout(milliseconds) } = ports;
  const { elapsed = () => performance.now() } = ports;
  const left = run.deadline ? run.deadline.getTime() - ports.now().getTime() : DEFAULT_MILLISECONDS;
  const capturing = { ...ports, timeout, elapsed };
  const captureDeadline = timeout(Math.max(1, Math.floor(left * CAPTURE_SHARE)));
  const log = new DynamoDbSnapshotLog(ports.documents, options.SNAPSHOTS_TABLE);
  const known = await log.readEndpoints();
  const list = await readEndpointList(capturing, captureDeadline);
  if (list.at && isFarAhead(slot, list.at.f)) throw new SlotAhead(slot, list.at.f, list.at.ownF);
  const owner = recordedOwner(options.REGION, options.ACCOUNT_ID, list);
  checkExpected(options.EXPECTED_ACCOUNT, owner.accountId);
  const { expected, refused } = withoutOthers(expectedEndpoints(options.ENDPOINTS, list, known, owner), list, owner);
  for (const failure of refused) run.onError?.(failure.endpointId, failure, new Error(failure.message));
  if (list.failure) {
    run.onError?.(undefined, list.failure, list.error);
    const note = { ...list.failure, ...present(owner), at: toInstant(ports.now()) };
    await log.noteFailure(undefined, slot, note).catch(() => undefined);
  }
  if (options.IS_TARGET && list.at && expected.length + refused.length === 0)
    await noteNoEndpoints(log, owner, list.at.f);
  const work = (endpoint: ExpectedEndpoint | Head) =>
    prepare(capturing, options, slot, endpoint, list, { ...run, captureDeadline });
  const outcomes = await fewAtOnce(expected, ENDPOINTS_AT_ONCE, async (endpoint) => {
    const outcome = await recordEndpoint(...work(endpoint), endpoint);
    run.onOutcome?.(outcome);
    return outcome;
  });
  const finished = await fewAtOnce(closedLogs(known, expected, owner), ENDPOINTS_AT_ONCE, (head) =>
    finishClosed(...work(head), head),
  );
  const all = [...outcomes, ...finished.filter((outcome) => outcome !== undefined)];
  const described = await storeDescriptions(log, list, expected, run);
  const rest = run.deadline ? run.deadline.getTime() - ports.now().getTime() : DEFAULT_MILLISECONDS;
  const meter = new Meter();
  const trail = new DynamoDbSnapshotLog(ports.documents, options.SNAPSHOTS_TABLE, meter);
  const timeIsUp = rest > 0 ? timeout(rest) : AbortSignal.abort();
  const hasFailed = Boolean(list.failure ?? described) || all.some(({ failure }) => failure);
  const recorded = all.map(({ endpointId }) => endpointId);
  const named = await recordTrail({ ...ports, log: trail }, slot, {
    timeIsUp,
    hasFailed,
    recorded,
    onError: run.onError,
  });
  const general = [list.failure, ...refused, described, named].filter((failure) => failure !== undefined);
  // Snapshots have AWS's time.
  const now = addSeconds(toInstant(ports.now()), list.at ? secondsBetween(list.at.ownF, list.at.f) : 0);
  // Where nobody knows which endpoints there are, everything may be lost.
  const isUnknown = list.failure !== undefined && expected.length === 0;
  const age = isUnknown ? NEVER_RECORDED_SECONDS : oldestAge(expected, outcomes, now);
  return summarize(slot, all, general, age, meter.writeUnits);
}

function checkExpected(expected: string | undefined, told: string | undefined): void {
  if (expected === undefined || told === undefined || told === expected) return;
  throw new TypeError(
    `the credentials are of account ${told}, as its endpoints' certificates say; expected those of account ${expected}. Give its credentials, or a role there`,
  );
}

/** Where that fails answers are not complete, and the next recording notes it. */
async function noteNoEndpoints(log: SnapshotLog, { accountId, region }: Owner, listedAt: Instant): Promise<void> {
  if (accountId === undefined || region === undefined) return;
  await log.noteNoEndpoints(targetName({ account: accountId, region }), listedAt).catch(() => undefined);
}

/** Of endpoints that are configured by mistake, since their logs are of another account or Region, nothing is recorded, nor noted there. */
function withoutOthers(
  expected: readonly ExpectedEndpoint[],
  list: EndpointList,
  owner: Owner,
): { readonly expected: readonly ExpectedEndpoint[]; readonly refused: readonly (Failure & { endpointId: string })[] } {
  const others = expected.filter((endpoint) => isOthers(endpoint, list, owner));
  return {
    expected: expected.filter((endpoint) => !others.includes(endpoint)),
    refused: others.map(({ endpointId, head }) => ({
      endpointId,
      reason: 'endpoint-not-found',
      message: `its log is of ${head?.accountId}/${head?.region}, and ${owner.accountId}/${owner.region} is recorded; take it out of the endpoints of that one`,
    })),
  };
}

/** Stores the endpoints' descriptions after the evidence, which must not wait for them. */
async function storeDescriptions(
  log: SnapshotLog,
  list: EndpointList,
  expected: readonly ExpectedEndpoint[],
  run: RecordingRun,
): Promise<Failure | undefined> {
  try {
    await keepDescriptions(log, list, expected);
    return undefined;
  } catch (error) {
    const stored = new StoreError('the descriptions of the endpoints could not be stored', { cause: error });
    const failure: Failure = { ...toFailure(stored), unfinished: ['descriptions'] };
    run.onError?.(undefined, failure, error);
    return failure;
  }
}

function prepare(
  ports: RecorderPorts & CapturePorts,
  options: RecorderOptions,
  slot: Instant,
  endpoint: { readonly endpointId: string; readonly description?: Elements },
  list: EndpointList,
  run: RecordingRun & { captureDeadline: AbortSignal },
): [EndpointPorts, EndpointRun] {
  const meter = new Meter();
  const now = toInstant(ports.now());
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
      listedAt: list.at ?? { f: now, ownF: now },
      accountId: options.ACCOUNT_ID ?? describedOwner(description).accountId ?? 'unknown',
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
