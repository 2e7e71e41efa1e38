import type { Ec2Error } from './ec2-error.ts';
import type { Structure, StructureMember } from './structure.ts';

/** How every XML document of these protocols begins. */
export const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
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

/** Characters that XML 1.0 forbids even as a reference: most control characters, and lone surrogates. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** A parser may turn a bare carriage return into a line feed, so it is sent as a reference. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

function escapeText(text: string): string {
  return text.replace(FORBIDDEN, '\uFFFD').replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? character);
}

function contentOf(element: StructureMember): string {
  if (typeof element === 'string') return escapeText(element);
  if (Array.isArray(element)) return element.map((member: StructureMember) => toXml('item', member)).join('');
  return Object.entries(element)
    .map(([name, child]) => toXml(name, child))
    .join('');
}

/**
 * One XML element with its content. Texts are escaped; characters that XML 1.0 forbids become U+FFFD, since no XML
 * parser would accept them in any spelling.
 * @param namespace - the `xmlns` to declare on it.
 */
export function toXml(name: string, element: StructureMember, namespace?: string): string {
  const content = contentOf(element);
  const start = namespace === undefined ? name : `${name} xmlns="${escapeText(namespace)}"`;
  return content === '' ? `<${start}/>` : `<${start}>${content}</${name}>`;
}
