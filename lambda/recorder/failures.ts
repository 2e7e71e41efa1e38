import { isThrottlingError } from '@smithy/core/retry';
import type { Failure, FailureReason } from '../trail/failure.ts';
import type { Instant } from '../trail/time.ts';
import { toError } from '../trail/to-error.ts';

/** An unexpected answer with status 200, for example from a proxy. The SDK retries. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
  readonly $retryable = {};
  readonly requestId: string | undefined;

  constructor(message: string, requestId?: string) {
    super(message);
    this.requestId = requestId;
  }
}

/** An AWS error in an answer with status 200, which the SDK treats as success; named by AWS's code. */
export class AnsweredError extends Error {
  readonly $retryable = {};
  readonly requestId: string | undefined;

  constructor(code: string, message: string, requestId?: string) {
    super(message);
    this.name = code;
    this.requestId = requestId;
  }
}

/** The same NextToken came twice: the pagination would never end. */
export class RepeatedToken extends Error {
  override readonly name = 'RepeatedToken';
}

/** No complete answer within the deadline. */
export class CaptureTimeout extends Error {
  override readonly name = 'CaptureTimeout';
}

/** The trail's own store failed; the cause is the SDK's error. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** The log's checkpoint could not be signed or archived; the cause says why. The next run retries. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** The deadline came before the log was fully projected. The watermark has the progress; the next run continues. */
export class ProjectionUnfinished extends Error {
  override readonly name = 'ProjectionUnfinished';
}

/** The clock ran backwards during a capture: its times cannot be right. */
export class ClockError extends Error {
  override readonly name = 'ClockError';
}

/** The slot is far ahead of AWS's time: nothing is written, because all recordings until then would count as earlier ones. */
export class SlotAhead extends RangeError {
  override readonly name = 'SlotAhead';

  constructor(slot: Instant, awsTime: Instant, ownTime: Instant) {
    super(
      `the slot ${slot} is ahead of AWS's time, ${awsTime}, and this machine's is ${ownTime}; expected the time of this recording. Set the clock that is wrong: until then nothing is recorded`,
    );
  }
}

/** A target's role could not be assumed; the cause is STS's error. */
export class AssumeRoleError extends Error {
  override readonly name = 'AssumeRoleError';
  readonly roleArn: string;

  constructor(roleArn: string, cause: unknown) {
    super(`the role ${roleArn} could not be assumed`, { cause });
    this.roleArn = roleArn;
  }
}

/** A later slot is in the log; it has everything this one would have. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** Error codes of the EC2 API ("Error codes for the Amazon EC2 API", client errors) and of the SDK's credential chain. */
const ACCESS_DENIED = new Set([
  'UnauthorizedOperation',
  'AuthFailure',
  'AccessDenied',
  'AccessDeniedException',
  'Blocked',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'OptInRequired',
  'PendingVerification',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);
const NOT_FOUND = new Set(['InvalidClientVpnEndpointId.NotFound', 'InvalidClientVpnEndpointId.Malformed']);

interface SdkError extends Error {
  readonly code?: string;
  readonly requestId?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

const SENTENCES: Readonly<Partial<Record<FailureReason, string>>> = {
  throttled: 'AWS refused for its rate limit until the retries were used up',
  'access-denied': 'AWS refused the credentials or the permission',
  'endpoint-not-found': 'AWS does not know this Client VPN endpoint',
  'repeated-token': 'AWS gave the same NextToken twice',
  timeout: 'no whole answer within the deadline',
  network: 'the connection to AWS was refused or cut',
  superseded: 'a later slot is in the log; what this one would see is in it',
};

/** Maps an error of the capture to a failure. AWS's messages may name people, so they are left out. */
export function toFailure(error: unknown): Failure {
  if (error instanceof AssumeRoleError) return assumeRoleFailure(error);
  const sdkError = toError(error) as SdkError;
  const reason = reasonOf(sdkError);
  const awsCode = sdkError.$metadata?.httpStatusCode || sdkError instanceof AnsweredError ? sdkError.name : undefined;
  const requestId = sdkError.requestId ?? sdkError.$metadata?.requestId;
  return {
    reason,
    message: shorten(sentenceOf(reason, sdkError)),
    ...(awsCode && awsCode !== 'Error' ? { awsCode: shorten(awsCode) } : {}),
    ...(requestId ? { requestId: shorten(requestId) } : {}),
  };
}

/** Reasons that lie between the recorder and STS, and not with the role. */
const NOT_THE_ROLE: ReadonlySet<FailureReason> = new Set(['throttled', 'timeout', 'network']);

/** Whether AWS answered that it is broken itself. */
const isBroken = (error: unknown) => ((toError(error) as SdkError).$metadata?.httpStatusCode ?? 0) >= 500;

/** STS says the same of a role that is not there, one that does not trust the caller, and a wrong external id. */
function assumeRoleFailure({ roleArn, message, cause }: AssumeRoleError): Failure {
  const failure = toFailure(cause);
  if (NOT_THE_ROLE.has(failure.reason) || isBroken(cause))
    return { ...failure, message: shorten(`${message}: ${failure.message}`) };
  const sentence = `${message}: STS answered ${failure.awsCode ?? toError(cause).name}. Deploy ClientVpnAuditReader in the role's account, with the ARN of the recorder's role and the external id of this trail's configuration, or take ${roleArn} out of its targets`;
  return { ...failure, reason: 'assume-role', message: shorten(sentence) };
}

/** The failure is noted in an item: what an odd answer named must fit into it. */
const LONGEST_WORDS = 1000;

function shorten(words: string): string {
  return words.length <= LONGEST_WORDS ? words : `${words.slice(0, LONGEST_WORDS)}…`;
}

/** Leaves out AWS's messages, which may name people. Node's messages about a connection name the address. */
function sentenceOf(reason: FailureReason, error: SdkError): string {
  const ours = [ClockError, SlotAhead, MalformedAnswer, StoreError, CheckpointError, ProjectionUnfinished];
  if (ours.some((type) => error instanceof type)) return error.message;
  const sentence = SENTENCES[reason] ?? `the call ended with ${error.name}`;
  return reason === 'network' ? `${sentence}: ${error.message}` : sentence;
}

function reasonOf(error: SdkError): FailureReason {
  if (error instanceof Superseded) return 'superseded';
  if (error instanceof ClockError || error instanceof SlotAhead) return 'clock';
  if (error instanceof StoreError) return 'store';
  if (error instanceof CheckpointError) return 'checkpoint';
  if (error instanceof ProjectionUnfinished) return 'timeout';
  if (error instanceof RepeatedToken) return 'repeated-token';
  if (error instanceof MalformedAnswer) return 'malformed-answer';
  if (error instanceof CaptureTimeout) return 'timeout';
  if (isThrottlingError(error as never)) return 'throttled';
  if (ACCESS_DENIED.has(error.name)) return 'access-denied';
  if (NOT_FOUND.has(error.name)) return 'endpoint-not-found';
  // Node's socket and DNS errors have a code, although the SDK names some of them TimeoutError.
  if (error.code && !error.$metadata?.httpStatusCode) return 'network';
  return error.name === 'TimeoutError' ? 'timeout' : 'aws-error';
}
