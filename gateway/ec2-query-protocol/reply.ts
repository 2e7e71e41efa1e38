import type { Ec2Error } from './ec2-error.ts';
import type { Structure } from './structure.ts';
import { toXml } from './xml.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** The `Content-Type` of every reply. */
export const CONTENT_TYPE = 'text/xml;charset=UTF-8';

/** The answer's HTTP status and XML document. */
export interface Reply {
  readonly status: number;
  readonly xml: string;
}

/** What an action answers, after the request id (EC2 API reference, "Query requests"). */
export function answerReply(action: string, answer: Structure, requestId: string): Reply {
  return { status: 200, xml: DECLARATION + toXml(`${action}Response`, { requestId, ...answer }, NAMESPACE) };
}

/** An error as EC2 answers it (EC2 API reference, "Error codes", with an example response). */
export function errorReply({ status, code, message }: Ec2Error, requestId: string): Reply {
  const errors = { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId };
  return { status, xml: DECLARATION + toXml('Response', errors) };
}
