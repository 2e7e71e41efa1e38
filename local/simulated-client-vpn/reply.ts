import { performAction } from './actions.ts';
import { authFailure, Ec2Error } from './ec2-error.ts';
import type { World } from './world.ts';
import { toXml } from './xml.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** A request as it matters to the answer. */
export interface Request {
  /** The Action parameter, `''` without one. */
  readonly action: string;
  readonly parameters: URLSearchParams;
  /** Whether there is a signature. It is not verified: the simulation knows no secret keys. */
  readonly signed: boolean;
  readonly requestId: string;
}

/** The answer's HTTP status and XML document. */
export interface Reply {
  readonly status: number;
  readonly xml: string;
}

function errorReply({ status, code, message }: Ec2Error, requestId: string): Reply {
  const errors = { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId };
  return { status, xml: DECLARATION + toXml('Response', errors) };
}

/** Answers a request as EC2 would (EC2 API reference, "Query requests" and "Error codes"); never throws. */
export function replyTo(request: Request, world: World, at: Date): Reply {
  const { action, parameters, requestId } = request;
  try {
    if (!request.signed) throw authFailure();
    const answer = { requestId, ...performAction(action, parameters, world, at) };
    return { status: 200, xml: DECLARATION + toXml(`${action}Response`, answer, NAMESPACE) };
  } catch (error) {
    if (error instanceof Ec2Error) return errorReply(error, requestId);
    return errorReply(
      new Ec2Error('InternalError', `An internal error has occurred: ${String(error)}`, 500),
      requestId,
    );
  }
}
