import { TrailRefusal } from '../../lambda/query/schemas/ask-trail.ts';
import { Ec2Error, endpointNotFound, invalidToken, invalidValue } from '../ec2-query-protocol/ec2-error.ts';
import { filterOf } from './connection-question.ts';

/** What the request asked for, to be named in the error. */
interface AskedPlace {
  readonly endpointId: string;
  readonly token: string;
}

/**
 * The EC2 error for what the trail's API refused (codes: EC2 API reference, "Error codes for the Amazon EC2 API"). Those
 * of the 500 series, and RequestLimitExceeded among them, are tried again by the SDKs.
 */
export function toEc2Error(error: unknown, { endpointId, token }: AskedPlace): Ec2Error {
  if (error instanceof Ec2Error) return error;
  if (!(error instanceof TrailRefusal)) return internalError();
  const isOf = (name: string) => error.problem.errors?.some(({ parameter }) => parameter === name) === true;
  if (isOf('endpoint') || error.is('endpoint-not-recorded')) return endpointNotFound(endpointId);
  if (error.is('cursor-invalid') || isOf('cursor')) return invalidToken(token);
  return invalidParameter(error) ?? byStatus(error);
}

function invalidParameter({ problem: { errors = [] } }: TrailRefusal): Ec2Error | undefined {
  const [first] = errors;
  return first && invalidValue(filterOf(first.parameter), first.given ?? '', `Expecting ${first.expected}.`);
}

/** What the API says in a problem document is for the caller. */
function byStatus({ status, problem: { detail } }: TrailRefusal): Ec2Error {
  switch (status) {
    case 401:
    case 403:
      return new Ec2Error('UnauthorizedOperation', detail ?? "The trail's API does not permit this.", 403);
    case 413:
    case 414:
    case 431:
      return new Ec2Error('FilterLimitExceeded', 'The filters have more values than one question can carry.');
    case 429:
      return new Ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503);
    case 502:
    case 503:
    case 504:
      return new Ec2Error('Unavailable', detail ?? 'The trail cannot be read at the moment. Try again later.', 503);
    default:
      return internalError();
  }
}

function internalError(): Ec2Error {
  const message = 'The trail could not be read. What it printed where it was started tells why.';
  return new Ec2Error('InternalError', message, 500);
}
