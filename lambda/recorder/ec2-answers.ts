import { addAbortSignal, Readable } from 'node:stream';
import {
  DescribeClientVpnConnectionsCommand,
  DescribeClientVpnEndpointsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { HttpResponse } from '@smithy/types';
import type { Elements } from '../trail/element.ts';
import { present } from '../trail/present.ts';
import { toError } from '../trail/to-error.ts';
import { AnswerReader } from './answer-reader.ts';
import { AnsweredError, MalformedAnswer } from './failures.ts';

/** One page of an answer. */
export interface Page {
  readonly items: readonly Elements[];
  readonly nextToken?: string;
  readonly requestId?: string;
  /** AWS's time of the answer (its `Date` header), milliseconds since 1970; undefined if absent. */
  readonly answeredAt?: number;
}

type Stack = DescribeClientVpnConnectionsCommand['middlewareStack'];

/** One page of DescribeClientVpnConnections. */
export function requestConnections(
  ec2: EC2Client,
  request: { endpointId: string; pageSize: number; nextToken: string | undefined },
  signal: AbortSignal,
): Promise<Page> {
  const command = new DescribeClientVpnConnectionsCommand({
    ClientVpnEndpointId: request.endpointId,
    MaxResults: request.pageSize,
    NextToken: request.nextToken,
  });
  return sendWhole(command.middlewareStack, 'connections', signal, () => ec2.send(command, { abortSignal: signal }));
}

/** One page of DescribeClientVpnEndpoints, of all endpoints of the Region. */
export function requestEndpoints(ec2: EC2Client, nextToken: string | undefined, signal: AbortSignal): Promise<Page> {
  const command = new DescribeClientVpnEndpointsCommand({ NextToken: nextToken });
  return sendWhole(command.middlewareStack as unknown as Stack, 'clientVpnEndpoint', signal, () =>
    ec2.send(command, { abortSignal: signal }),
  );
}

/**
 * Sends a command and keeps the whole answer. The SDK signs, retries and resolves the endpoint. But its deserializer drops
 * unknown elements, and treats an invalid answer as an empty list. So this middleware reads the answer first
 * and hands the SDK an empty one. The SDK retries errors thrown here (ADR 1).
 */
async function sendWhole(
  stack: Stack,
  listName: string,
  signal: AbortSignal,
  send: () => Promise<unknown>,
): Promise<Page> {
  let page: Page | undefined;
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as HttpResponse;
      if (response.statusCode >= 300) return result;
      page = await readPage(response, listName, signal);
      response.body = Readable.from(['<Response/>']);
      return result;
    },
    // Between the deserializer and the connection.
    { step: 'deserialize', priority: 'low', name: 'keepWholeAnswer' },
  );
  await send();
  if (!page) throw new MalformedAnswer('the SDK reported success without an answer');
  return page;
}

async function readPage(response: HttpResponse, listName: string, signal: AbortSignal): Promise<Page> {
  const answer = await readAnswer(addAbortSignal(signal, response.body as Readable), listName);
  const requestId = answer.requestId ?? response.headers['x-amzn-requestid'];
  if (answer.error) throw new AnsweredError(answer.error.code, answer.error.message, requestId);
  if (!answer.items) {
    throw new MalformedAnswer(`expected an answer with <${listName}>, got <${answer.root}> without it`, requestId);
  }
  const answeredAt = Date.parse(response.headers.date ?? '');
  return {
    items: answer.items,
    ...present({ nextToken: answer.nextToken, requestId }),
    ...(Number.isNaN(answeredAt) ? {} : { answeredAt }),
  };
}

async function readAnswer(body: Readable, listName: string) {
  const reader = new AnswerReader(listName);
  for await (const bytes of body) feed(() => reader.write(bytes as Uint8Array));
  return feed(() => reader.end());
}

/** A parse error is a malformed answer; connection errors pass through. */
function feed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new MalformedAnswer(`expected an XML answer of EC2: ${toError(error).message}`);
  }
}
