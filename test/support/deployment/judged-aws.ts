import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
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
    for (const need of needsOf(asked, circumstances)) {
      if (!(await judge.allows(role, need))) return refuse(service, response);
    }
    if (aws.fault(asked)) return refuse(service, response);
    const backend = service === 's3' ? backends.s3.url : backends[service as 'dynamodb' | 'ec2' | 'kms'];
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
  // DynamoDB and KMS both speak JSON.
  else sendKmsError(response, 400, 'AccessDeniedException');
}
