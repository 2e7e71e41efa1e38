import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CONTENT_TYPE, DECLARATION, toXml } from '../../gateway/ec2-query-protocol/reply.ts';
import { callerOf } from '../simulated-client-vpn/caller.ts';
import { derivedUuid, hexDigits } from '../simulated-client-vpn/derived-id.ts';
import { type AssumeRoleRequest, judgeRequest, type SimulatedRole, StsError } from './roles.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
/** STS's default for `DurationSeconds`. */
const HOUR_SECONDS = 3600;

interface SimulatedStsOptions {
  /** Read at each request: a role that is deleted is not in it any more. */
  readonly roles: () => readonly SimulatedRole[];
  /** Who asks, as in STS's messages. */
  readonly caller: string;
  readonly now: () => Date;
  /** Told of each request before it is answered; what it throws is the answer. */
  readonly onRequest?: (request: AssumeRoleRequest) => void;
}

/** A simulated STS that is listening. */
export interface SimulatedSts {
  /** The value for `AWS_ENDPOINT_URL_STS`. */
  readonly url: string;
  /** The account whose role an access key belongs to; undefined for a key that it did not give, or that has expired. */
  accountOf(accessKeyId: string): string | undefined;
  /** Stops at once, and closes keep-alive connections too. */
  close(): Promise<void>;
}

/** An access key that was given: whose it is, and until when. */
interface GivenKey {
  readonly account: string;
  readonly until: Date;
}

/**
 * Serves AssumeRole over the STS Query protocol on 127.0.0.1, so that the AWS CLI and the SDKs take it for STS. Signatures are not
 * verified: it knows no secret keys.
 */
export async function startSimulatedSts(options: SimulatedStsOptions): Promise<SimulatedSts> {
  const given = new Map<string, GivenKey>();
  const server = createServer((request, response) => {
    exchange(request, response, options, given).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    accountOf: (accessKeyId) => {
      const key = given.get(accessKeyId);
      return key && options.now() < key.until ? key.account : undefined;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  options: SimulatedStsOptions,
  given: Map<string, GivenKey>,
): Promise<void> {
  const body = await text(request);
  const parameters = new URLSearchParams(body);
  const RequestId = derivedUuid('sts', options.now().toISOString(), body);
  const { status, xml } = reply(
    parameters,
    callerOf(request.headers.authorization) !== undefined,
    RequestId,
    options,
    given,
  );
  response.writeHead(status, {
    'x-amzn-requestid': RequestId,
    'Content-Type': CONTENT_TYPE,
    Date: options.now().toUTCString(),
  });
  response.end(DECLARATION + xml);
}

function reply(
  parameters: URLSearchParams,
  isSigned: boolean,
  RequestId: string,
  options: SimulatedStsOptions,
  given: Map<string, GivenKey>,
): { readonly status: number; readonly xml: string } {
  try {
    if (!isSigned) throw new StsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
    const result = assumeRole(parameters, RequestId, options, given);
    const answer = { AssumeRoleResult: result, ResponseMetadata: { RequestId } };
    return { status: 200, xml: toXml('AssumeRoleResponse', answer, NAMESPACE) };
  } catch (error) {
    const { code, message, status } =
      error instanceof StsError ? error : new StsError('InternalFailure', String(error), 500);
    const Type = status < 500 ? 'Sender' : 'Receiver';
    return {
      status,
      xml: toXml('ErrorResponse', { Error: { Type, Code: code, Message: message }, RequestId }, NAMESPACE),
    };
  }
}

function assumeRole(
  parameters: URLSearchParams,
  requestId: string,
  { roles, caller, now, onRequest }: SimulatedStsOptions,
  given: Map<string, GivenKey>,
) {
  const action = parameters.get('Action') ?? '';
  if (action !== 'AssumeRole')
    throw new StsError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`, 400);
  const request = {
    roleArn: parameters.get('RoleArn') ?? '',
    sessionName: parameters.get('RoleSessionName') ?? '',
    externalId: parameters.get('ExternalId') ?? undefined,
  };
  onRequest?.(request);
  const { account, name } = judgeRequest(request, roles(), caller);
  const until = new Date(now().getTime() + Number(parameters.get('DurationSeconds') ?? HOUR_SECONDS) * 1000);
  const accessKeyId = `ASIA${hexDigits(16, requestId, given.size).toUpperCase()}`;
  given.set(accessKeyId, { account, until });
  return {
    AssumedRoleUser: {
      AssumedRoleId: `AROA${hexDigits(17, request.roleArn).toUpperCase()}:${request.sessionName}`,
      Arn: `arn:aws:sts::${account}:assumed-role/${name}/${request.sessionName}`,
    },
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: hexDigits(40, 'secret', accessKeyId),
      SessionToken: hexDigits(64, 'token', accessKeyId),
      Expiration: until.toISOString(),
    },
    PackedPolicySize: '6',
  };
}
