import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type Archive, mostBytesOf, ObjectUnreadable, ObjectWithheld } from '../trail/archive.ts';

/** HTTP status of a conditional write whose condition fails, and of concurrent ones (S3 User Guide, "conditional writes"). */
const EXISTS = 412;
const CONFLICT = 409;

/** Attempts of a write that conflicts with another writer. */
const TRIES = 5;

/** For one object, or one page of a list, including the SDK's retries. */
const TIMEOUT_MILLISECONDS = 30_000;

/** The archive in a bucket. Object Lock and versioning are the bucket's own. */
export class S3Archive implements Archive {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #timeout: number;

  /** @param timeout milliseconds after which the request for an object, or a page of a list, is aborted */
  constructor(s3: S3Client, bucket: string, timeout = TIMEOUT_MILLISECONDS) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#timeout = timeout;
  }

  async putOnce(key: string, bytes: Uint8Array): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        // A bucket with Object Lock requires a checksum; the SDK sends one.
        const put = new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: bytes, IfNoneMatch: '*' });
        await this.#inTime((options) => this.#s3.send(put, options));
        return true;
      } catch (error) {
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (status === EXISTS) return false;
        // A concurrent write conflicts; it is not known yet whether it will succeed.
        if (status !== CONFLICT || attempt === TRIES) throw error;
      }
    }
  }

  async get(key: string, most = mostBytesOf(key)): Promise<Uint8Array | undefined> {
    try {
      return await this.#inTime(async (options) => {
        const get = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
        const { Body, ContentLength = 0 } = await this.#s3.send(get, options);
        if (ContentLength <= most) return Body?.transformToByteArray();
        (Body as Readable | undefined)?.destroy();
        throw new ObjectUnreadable(`${key} has ${ContentLength} bytes; expected ${most} at most`);
      });
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      if (!(error instanceof S3ServiceException) || error.name !== 'AccessDenied') throw error;
      throw new ObjectWithheld(
        `S3 does not give ${key} of the bucket ${this.#bucket}: it is not there, or it may not be read. Without s3:ListBucket, S3 answers AccessDenied to both`,
        { cause: error },
      );
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    let next: string | undefined;
    do {
      const list = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken: next });
      const page = await this.#inTime((options) => this.#s3.send(list, options));
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
      next = page.NextContinuationToken;
    } while (next !== undefined);
  }

  /** The client's own timeouts end with an answer's first byte: only a signal also stops one that never ends. */
  async #inTime<Answer>(work: (options: { readonly abortSignal: AbortSignal }) => Promise<Answer>): Promise<Answer> {
    const abortSignal = AbortSignal.timeout(this.#timeout);
    try {
      return await work({ abortSignal });
    } catch (error) {
      // When aborted in the middle of a body, a socket may only report a reset.
      throw abortSignal.aborted ? abortSignal.reason : error;
    }
  }
}
