import { describe, expect, it } from 'vitest';
import {
  AnsweredError,
  AssumeRoleError,
  CaptureTimeout,
  MalformedAnswer,
  ProjectionUnfinished,
  RepeatedToken,
  StoreError,
  Superseded,
  toFailure,
} from '../../lambda/recorder/failures.ts';

/** An error as the SDK throws it. */
function sdkError(name: string, more: object = {}): Error {
  return Object.assign(new Error('User: arn:aws:iam::123456789012:user/alice may not'), { name, ...more });
}

const answered = (httpStatusCode: number) => ({ $metadata: { httpStatusCode, requestId: 'r-1' } });

describe('a failure', () => {
  it.each([
    [new Superseded(), 'superseded'],
    [new StoreError('x'), 'store'],
    [new ProjectionUnfinished('x'), 'timeout'],
    [new RepeatedToken('x'), 'repeated-token'],
    [new MalformedAnswer('x'), 'malformed-answer'],
    [new CaptureTimeout('x'), 'timeout'],
    [new AnsweredError('RequestLimitExceeded', 'x'), 'throttled'],
    [sdkError('ThrottlingException', answered(400)), 'throttled'],
    [sdkError('UnauthorizedOperation', answered(403)), 'access-denied'],
    [sdkError('ExpiredToken', answered(400)), 'access-denied'],
    [sdkError('RequestExpired', answered(400)), 'access-denied'],
    [sdkError('CredentialsProviderError'), 'access-denied'],
    [sdkError('InvalidClientVpnEndpointId.NotFound', answered(400)), 'endpoint-not-found'],
    [sdkError('InvalidClientVpnEndpointId.Malformed', answered(400)), 'endpoint-not-found'],
    [sdkError('Error', { code: 'ECONNREFUSED' }), 'network'],
    [sdkError('TimeoutError', { code: 'ECONNRESET' }), 'network'],
    [sdkError('TimeoutError'), 'timeout'],
    [sdkError('InternalError', { code: 'InternalError', ...answered(500) }), 'aws-error'],
    ['a string', 'aws-error'],
  ])('of %o has the reason %s', (error, reason) => {
    expect(toFailure(error).reason).toBe(reason);
  });

  it('names AWS’s code and the request where AWS answered', () => {
    const codeOf = (error: unknown) => [toFailure(error).awsCode, toFailure(error).requestId];
    expect(codeOf(sdkError('UnauthorizedOperation', answered(403)))).toEqual(['UnauthorizedOperation', 'r-1']);
    expect(codeOf(new AnsweredError('InternalError', 'x', 'r-2'))).toEqual(['InternalError', 'r-2']);
    expect(toFailure(sdkError('TimeoutError', { code: 'ECONNRESET' }))).not.toHaveProperty('awsCode');
  });

  it('of an STS that is broken lies with nobody’s role', () => {
    const role = 'arn:aws:iam::111122223333:role/ClientVpnAuditReader';
    const of = (cause: Error) => toFailure(new AssumeRoleError(role, cause));
    expect(of(sdkError('InternalFailure', answered(500)))).toMatchObject({
      reason: 'aws-error',
      awsCode: 'InternalFailure',
      message: expect.stringMatching(/could not be assumed: the call ended with InternalFailure$/),
    });
    expect(of(sdkError('AccessDenied', answered(403))).reason).toBe('assume-role');
  });

  it('fits into an item, whatever AWS answered', () => {
    const long = 'x'.repeat(500_000);
    for (const error of [new AnsweredError(long, long, long), new MalformedAnswer(long, long)]) {
      expect(JSON.stringify(toFailure(error)).length).toBeLessThan(5000);
    }
    expect(toFailure(new MalformedAnswer(long)).message).toMatch(/^x+…$/);
  });

  it('keeps AWS’s own words out, which may name people, and says ours', () => {
    for (const name of ['UnauthorizedOperation', 'InternalError', 'ThrottlingException']) {
      expect(toFailure(sdkError(name, answered(400))).message).not.toContain('alice');
    }
    expect(toFailure(new AnsweredError('InternalError', 'alice may not')).message).not.toContain('alice');
    expect(toFailure(new MalformedAnswer('expected a list')).message).toBe('expected a list');
  });
});
