import { isThrottlingError } from '@smithy/core/retry';
import type { Failure, FailureReason } from '../trail/failure.ts';

/** An answer with status 200 that is not the answer that was asked for. The SDK tries again: proxies do such things. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
  readonly $retryable = {};
  readonly requestId: string | undefined;

  constructor(message: string, requestId?: string) {
    super(message);
    this.requestId = requestId;
  }
}

/** An error of AWS's in an answer with status 200, which the SDK takes for success; named by AWS's code. */
export class AnsweredError extends Error {
  readonly $retryable = {};
  readonly requestId: string | undefined;

  constructor(code: string, message: string, requestId?: string) {
    super(message);
    this.name = code;
    this.requestId = requestId;
  }
}

/** The same NextToken came twice: the walk would never end. */
export class RepeatedToken extends Error {
  override readonly name = 'RepeatedToken';
}

/** No whole answer within the deadline. */
export class CaptureTimeout extends Error {
  override readonly name = 'CaptureTimeout';
}

/** The trail's own store failed; the cause is the SDK's error. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** The log's checkpoint could not be signed or archived; the cause says why. The next run goes on with it. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** The deadline came before the log was wholly projected; the watermark says how far it is, the next run goes on. */
export class ProjectionUnfinished extends Error {
  override readonly name = 'ProjectionUnfinished';
}

/** A later slot is in the log; what this one would see is in it. */
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

/** The failure that an error of the capture amounts to. AWS's own words may name people, and stay out of it. */
export function toFailure(error: unknown): Failure {
  const sdkError = (error instanceof Error ? error : new Error(String(error))) as SdkError;
  const reason = reasonOf(sdkError);
  const awsCode = sdkError.$metadata?.httpStatusCode || sdkError instanceof AnsweredError ? sdkError.name : undefined;
  const requestId = sdkError.requestId ?? sdkError.$metadata?.requestId;
  return {
    reason,
    message: sentenceOf(reason, sdkError),
    ...(awsCode && awsCode !== 'Error' ? { awsCode } : {}),
    ...(requestId ? { requestId } : {}),
  };
}

/** Of AWS's own words nothing: they may name people. Node's, of a connection, name the address that was tried. */
function sentenceOf(reason: FailureReason, error: SdkError): string {
  if (isOurs(error)) return error.message;
  const sentence = SENTENCES[reason] ?? `the call ended with ${error.name}`;
  return reason === 'network' ? `${sentence}: ${error.message}` : sentence;
}

/** Errors whose words are our own. */
function isOurs(error: Error): boolean {
  return [MalformedAnswer, StoreError, CheckpointError, ProjectionUnfinished].some((type) => error instanceof type);
}

function reasonOf(error: SdkError): FailureReason {
  if (error instanceof Superseded) return 'superseded';
  if (error instanceof StoreError) return 'store';
  if (error instanceof CheckpointError) return 'checkpoint';
  if (error instanceof ProjectionUnfinished) return 'timeout';
  if (error instanceof RepeatedToken) return 'repeated-token';
  if (error instanceof MalformedAnswer) return 'malformed-answer';
  if (error instanceof CaptureTimeout) return 'timeout';
  if (isThrottlingError(error as never)) return 'throttled';
  if (ACCESS_DENIED.has(error.name)) return 'access-denied';
  if (NOT_FOUND.has(error.name)) return 'endpoint-not-found';
  // Node's errors of sockets and name look-ups carry a code; the SDK calls some of them TimeoutError all the same.
  if (error.code && !error.$metadata?.httpStatusCode) return 'network';
  return error.name === 'TimeoutError' ? 'timeout' : 'aws-error';
}
