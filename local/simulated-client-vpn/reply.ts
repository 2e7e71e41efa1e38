import { authFailure, Ec2Error } from '../../gateway/ec2-query-protocol/ec2-error.ts';
import { answerReply, errorReply, type Reply } from '../../gateway/ec2-query-protocol/reply.ts';
import { performAction } from './actions.ts';
import type { World } from './world.ts';

/** The relevant parts of a request. */
export interface Request {
  /** The Action parameter, `''` without one. */
  readonly action: string;
  readonly parameters: URLSearchParams;
  /** Whether there is a signature. It is not verified: the simulation knows no secret keys. */
  readonly signed: boolean;
  readonly requestId: string;
}

/** Answers a request as EC2 would; never throws. */
export function replyTo(request: Request, world: World, at: Date): Reply {
  const { action, parameters, requestId } = request;
  try {
    if (!request.signed) throw authFailure();
    return answerReply(action, performAction(action, parameters, world, at), requestId);
  } catch (error) {
    const internal = () => new Ec2Error('InternalError', `An internal error has occurred: ${String(error)}`, 500);
    return errorReply(error instanceof Ec2Error ? error : internal(), requestId);
  }
}
