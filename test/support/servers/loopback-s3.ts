import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { checksumOf, decodeBody } from './aws-chunked.ts';
import { type LoopbackServer, serveOnLoopback } from './loopback-server.ts';

/** A request to S3, by path style. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  /** Empty for a list. */
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
}

/** Answers a request in a way of its own, or leaves it to the server by answering false. */
export type S3Fault = (request: S3Request, response: ServerResponse) => boolean;

/** As much of S3 as an archive needs, in memory: any bucket, and objects by their keys. */
export interface LoopbackS3 extends LoopbackServer {
  /** `BUCKET/KEY`. */
  readonly objects: Map<string, Buffer>;
  readonly requests: S3Request[];
  fault: S3Fault;
  /**
   * Whether callers have `s3:ListBucket`. Without it S3 lists nothing, and answers 403 and not 404 for an object that is not there
   * (S3 API reference, GetObject, "Permissions").
   */
  mayList: boolean;
  /** Keys a page of a list; S3 gives 1,000 at most. */
  pageSize: number;
}

/** Starts S3 on loopback. What the SDK sends must be signed, whole by its checksum, and conditional as it says. */
export async function startLoopbackS3(): Promise<LoopbackS3> {
  const state = {
    objects: new Map<string, Buffer>(),
    requests: [] as S3Request[],
    fault: (() => false) as S3Fault,
    mayList: true,
    pageSize: 1000,
  };
  const server = await serveOnLoopback((request, response) => {
    void answer(s3, request, response);
  });
  const s3: LoopbackS3 = Object.assign(state, server);
  return s3;
}

async function answer(s3: LoopbackS3, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const url = new URL(request.url ?? '', s3.url);
  const [bucket = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const asked: S3Request = { method: request.method ?? '', bucket, key: rest.join('/'), headers: request.headers };
  s3.requests.push(asked);
  if (s3.fault(asked, response)) return;
  const isAbsent = asked.method !== 'PUT' && !s3.objects.has(`${bucket}/${asked.key}`);
  if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') || (isAbsent && !s3.mayList)) {
    sendS3Error(response, 403, 'AccessDenied');
  } else if (asked.method === 'PUT') put(s3, asked, body, response);
  else if (asked.key === '') list(s3, bucket, url.searchParams, response);
  else get(s3, asked, response);
}

function put(s3: LoopbackS3, { bucket, key, headers }: S3Request, body: Buffer, response: ServerResponse): void {
  const { bytes, crc32 } = decodeBody(body, headers);
  const name = `${bucket}/${key}`;
  // A bucket with Object Lock refuses what comes without a checksum.
  if (crc32 === undefined) sendS3Error(response, 400, 'InvalidRequest');
  else if (crc32 !== checksumOf(bytes)) sendS3Error(response, 400, 'BadDigest');
  else if (headers['if-none-match'] === '*' && s3.objects.has(name)) sendS3Error(response, 412, 'PreconditionFailed');
  else {
    s3.objects.set(name, bytes);
    response.writeHead(200, { ETag: '"0"', 'x-amz-checksum-crc32': crc32 }).end();
  }
}

function get(s3: LoopbackS3, { bucket, key }: S3Request, response: ServerResponse): void {
  const bytes = s3.objects.get(`${bucket}/${key}`);
  if (!bytes) {
    sendS3Error(response, 404, 'NoSuchKey');
    return;
  }
  response.writeHead(200, { 'Content-Length': bytes.length, 'x-amz-checksum-crc32': checksumOf(bytes) }).end(bytes);
}

function list(s3: LoopbackS3, bucket: string, parameters: URLSearchParams, response: ServerResponse): void {
  const prefix = `${bucket}/${parameters.get('prefix') ?? ''}`;
  const after = parameters.get('continuation-token') ?? '';
  const all = [...s3.objects.keys()]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(bucket.length + 1));
  const left = all.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).filter((key) => key > after);
  const page = left.slice(0, s3.pageSize);
  const more = left.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  const contents = page.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('');
  const truncated = `<IsTruncated>${more !== ''}</IsTruncated><KeyCount>${page.length}</KeyCount>${more}`;
  const xml = `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${truncated}${contents}</ListBucketResult>`;
  response.writeHead(200, { 'Content-Type': 'application/xml' }).end(xml);
}

/** Sends an error as S3 does. */
export function sendS3Error(response: ServerResponse, status: number, code: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>Said so.</Message></Error>`;
  response.writeHead(status, { 'Content-Type': 'application/xml' }).end(xml);
}
