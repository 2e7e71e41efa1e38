import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { SimulatedSts } from '../../../local/simulated-sts/server.ts';
import { errorXml } from '../servers/faulty-ec2.ts';
import { sendKmsError } from '../servers/loopback-kms.ts';
import type { LoopbackS3 } from '../servers/loopback-s3.ts';
import { sendS3Error } from '../servers/loopback-s3.ts';
import { type LoopbackServer, serveOnLoopback } from '../servers/loopback-server.ts';
import { type AwsRequest, needsOf } from './aws-needs.ts';
import type { Deployment } from './deployment.ts';
import type { Judge } from './judge.ts';

/** Addresses of the servers that answer what is allowed. */
export interface Backends {
  readonly dynamodb: string;
  readonly ec2: string;
  readonly kms: string;
  readonly s3: LoopbackS3;
  /** Gives the role of another account, where a stack has such a target. */
  readonly reader?: Reader | undefined;
}

/** A role of another account: its STS, and who judges what its session may do. */
export interface Reader {
  readonly sts: SimulatedSts;
  readonly judge: Judge;
  /** Its logical id in the template that made it. */
  readonly roleId: string;
}

/** All of AWS under one address, as a role sees it. */
export interface JudgedAws extends LoopbackServer {
  /** Whether a request that is allowed is refused all the same. */
  fault: (request: AwsRequest) => boolean;
  /** Faults of this program, as against what AWS would say. */
  readonly errors: unknown[];
}

/** `AWS4-HMAC-SHA256 Credential=ROLE/20261120/eu-central-1/dynamodb/aws4_request, …`: the access key is the role's logical id. */
const CREDENTIAL = /Credential=(\w+)\/\d{8}\/[\w-]+\/(\w+)\/aws4_request/;

/** Starts it: each request is judged by the policies of the role that has signed it, and refused as its service refuses, or handed on. */
export async function startJudgedAws(deployment: Deployment, judge: Judge, backends: Backends): Promise<JudgedAws> {
  const circumstances = { deployment, hasObject: (name: string) => backends.s3.objects.has(name) };
  const state: Pick<JudgedAws, 'fault' | 'errors'> = { fault: () => false, errors: [] };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = '', url = '', headers } = request;
    const [, role = '', service = ''] = CREDENTIAL.exec(String(headers.authorization)) ?? [];
    const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
    const asked: AwsRequest = {
      service,
      method,
      url: new URL(url, aws.url),
      headers,
      body: body.toString(),
      operation,
    };
    const { reader } = backends;
    const isReader = reader?.sts.accountOf(role) !== undefined;
    if (reader) reader.judge.event = judge.event;
    for (const need of needsOf(asked, circumstances)) {
      const isAllowed = isReader ? reader.judge.allows(reader.roleId, need) : judge.allows(role, need);
      if (!(await isAllowed)) return refuse(service, response);
    }
    if (aws.fault(asked)) return refuse(service, response);
    const urls = { ...backends, s3: backends.s3.url, sts: reader?.sts.url ?? '' };
    const backend = urls[service as 'dynamodb' | 'ec2' | 'kms' | 's3' | 'sts'];
    const handedOn = httpRequest(new URL(url, backend), { method, headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(response);
    });
    handedOn.on('error', (error) => response.destroy(error)).end(body);
  }

  const server = await serveOnLoopback((request, response) => {
    answer(request, response).catch((error: unknown) => {
      aws.errors.push(error);
      response.destroy();
    });
  });
  const aws: JudgedAws = Object.assign(state, server);
  return aws;
}

/** In the shape of each service's protocol. */
function refuse(service: string, response: ServerResponse): void {
  if (service === 's3') sendS3Error(response, 403, 'AccessDenied');
  else if (service === 'ec2')
    response.writeHead(403, { 'Content-Type': 'text/xml' }).end(errorXml('UnauthorizedOperation'));
  else if (service === 'sts') {
    const error = '<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Said so.</Message></Error>';
    const xml = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}</ErrorResponse>`;
    response.writeHead(403, { 'Content-Type': 'text/xml' }).end(xml);
  }
  // DynamoDB and KMS both speak JSON.
  else sendKmsError(response, 400, 'AccessDeniedException');
}
