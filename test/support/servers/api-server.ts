import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { serveOnLoopback } from './loopback-server.ts';

/** A question as it arrived. */
export interface SeenQuestion {
  readonly method: string;
  /** The path and the parameters, as they were written. */
  readonly target: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body, where there is one. */
  readonly body: string;
}

/** What is answered: JSON or a text with its status and headers, or whatever the function does with the response. */
export type TestReply =
  | {
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly json?: unknown;
      readonly text?: string;
    }
  | ((response: ServerResponse) => void);

/** An HTTP server on loopback that answers as it is told, and remembers what it was asked. */
export interface TestApi extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly SeenQuestion[];
}

/** @param answer - given each question and how many came before it */
export async function startTestApi(answer: (question: SeenQuestion, before: number) => TestReply): Promise<TestApi> {
  const seen: SeenQuestion[] = [];
  const { url, close } = await serveOnLoopback((incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
    incoming.once('end', () => {
      const target = incoming.url ?? '/';
      const { pathname, searchParams } = new URL(target, 'http://api');
      const { method = '', headers } = incoming;
      const question = { method, target, path: pathname, parameters: searchParams, headers, body };
      const reply = answer(question, seen.length);
      seen.push(question);
      send(reply, response);
    });
  });
  return { url, seen, [Symbol.asyncDispose]: close };
}

function send(reply: TestReply, response: ServerResponse): void {
  if (typeof reply === 'function') {
    reply(response);
    return;
  }
  const { status = 200, headers, json, text } = reply;
  const problem = status >= 400 && json !== undefined && Object.hasOwn(Object(json), 'type');
  response.writeHead(status, { 'content-type': `application/${problem ? 'problem+json' : 'json'}`, ...headers });
  response.end(text ?? JSON.stringify(json));
}
