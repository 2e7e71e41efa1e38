import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';

/** A body as it was meant, and the checksum that came with it. */
export interface DecodedBody {
  readonly bytes: Buffer;
  readonly crc32: string | undefined;
}

/** The body of a request: as it is, or out of the chunks with a trailer in which the SDK sends streams (`aws-chunked`). */
export function decodeBody(body: Buffer, headers: IncomingHttpHeaders): DecodedBody {
  const inHeader = one(headers['x-amz-checksum-crc32']);
  if (!one(headers['content-encoding'])?.includes('aws-chunked')) return { bytes: body, crc32: inHeader };
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.toString('latin1', at, end), 16);
    at = end + 2;
    if (!(length > 0)) break;
    parts.push(body.subarray(at, at + length));
    at += length + 2;
  }
  const trailer = /x-amz-checksum-crc32:\s*(\S+)/i.exec(body.toString('latin1', at));
  return { bytes: Buffer.concat(parts), crc32: trailer?.[1] ?? inHeader };
}

/** As S3 writes it: big-endian, base64. */
export function checksumOf(bytes: Uint8Array): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
