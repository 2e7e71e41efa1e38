import { Readable } from 'node:stream';
import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { beforeEach, describe, expect, it } from 'vitest';
import { S3Archive } from '../../lambda/archive/s3-archive.ts';
import { checkpointObject, ObjectWithheld } from '../../lambda/trail/archive.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { ALPHA, activeRow } from '../support/recording/recorded-trail.ts';
import { expectSoundArchive } from '../support/recording/sound-archive.ts';
import { useTrail } from '../support/recording/use-trail.ts';
import { sendS3Error, startLoopbackS3 } from '../support/servers/loopback-s3.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';

const s3 = ofEachTest(startLoopbackS3, (server) => server.close());
/** The SDK’s error where a signal ends a call, and the signal’s own where it ends what comes after it. */
const ENDED = expect.objectContaining({ name: expect.stringMatching(/^(?:AbortError|TimeoutError)$/) });

function client(more: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: s3.url,
    forcePathStyle: true,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
    ...more,
  });
}
const archive = (more?: S3ClientConfig, timeout?: number) => new S3Archive(client(more), 'evidence', timeout);
const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

describe('an object of the bucket', () => {
  it('is stored on the condition that there is none, with a checksum, and read as it was', async () => {
    const bytes = Buffer.from([0, 255, 10, 13]);
    expect(await archive().putOnce('chunks/a/2026-11-22/ab.ndjson.gz', bytes)).toBe(true);
    expect(s3.objects.get('evidence/chunks/a/2026-11-22/ab.ndjson.gz')).toEqual(bytes);
    expect(s3.requests[0]?.headers).toMatchObject({ 'if-none-match': '*', 'x-amz-checksum-crc32': expect.any(String) });
    expect(Buffer.from((await archive().get('chunks/a/2026-11-22/ab.ndjson.gz')) ?? [])).toEqual(bytes);
  });

  it('stays what it was when other bytes come under its name', async () => {
    await archive().putOnce('keys/ab.pem', Buffer.from('first'));
    expect(await archive().putOnce('keys/ab.pem', Buffer.from('second'))).toBe(false);
    expect(await archive().putOnce('keys/ab.pem', Buffer.from('first'))).toBe(false);
    expect(textOf(await archive().get('keys/ab.pem'))).toBe('first');
  });

  it('is absent where there is none', async () => {
    expect(await archive().get('keys/ab.pem')).toBeUndefined();
  });

  it('may be named by any character that keys have', async () => {
    const key = 'exports/endpoint=cvpn-endpoint-0a/day=2026-11-22/connections.parquet';
    await archive().putOnce(key, Buffer.from('rows'));
    expect([...s3.objects.keys()]).toEqual([`evidence/${key}`]);
    expect(textOf(await archive().get(key))).toBe('rows');
  });

  it('is stored after a conflict with another writer, whoever of the two was first', async () => {
    let conflicts = 0;
    s3.fault = ({ method }, response) => {
      if (method !== 'PUT' || conflicts++ > 0) return false;
      sendS3Error(response, 409, 'ConditionalRequestConflict');
      return true;
    };
    expect(await archive().putOnce('keys/ab.pem', Buffer.from('mine'))).toBe(true);
    conflicts = 0;
    expect(await archive().putOnce('keys/ab.pem', Buffer.from('mine'))).toBe(false);
    expect(s3.requests).toHaveLength(4);
  });

  it('is given up where the conflicts do not end', async () => {
    s3.fault = (_, response) => {
      sendS3Error(response, 409, 'ConditionalRequestConflict');
      return true;
    };
    await expect(archive().putOnce('keys/ab.pem', Buffer.from('mine'))).rejects.toThrow(
      expect.objectContaining({ name: 'ConditionalRequestConflict' }),
    );
    expect(s3.requests.length).toBeLessThan(20);
  });

  it('that was stored by an attempt whose answer was lost counts as there', async () => {
    let cut = 0;
    s3.fault = ({ method, bucket, key }, response) => {
      if (method !== 'PUT' || cut++ > 0) return false;
      s3.objects.set(`${bucket}/${key}`, Buffer.from('mine'));
      response.destroy();
      return true;
    };
    expect(await archive().putOnce('keys/ab.pem', Buffer.from('mine'))).toBe(false);
    expect(textOf(await archive().get('keys/ab.pem'))).toBe('mine');
  });

  it('that came damaged over the wire is an error, not an object', async () => {
    await archive().putOnce('keys/ab.pem', Buffer.from('whole'));
    s3.fault = ({ method }, response) => {
      if (method !== 'GET') return false;
      response.writeHead(200, { 'Content-Length': 5, 'x-amz-checksum-crc32': 'AAAAAA==' }).end('other');
      return true;
    };
    await expect(archive().get('keys/ab.pem')).rejects.toThrow('hecksum');
  });
});

describe('a bucket that refuses or fails', () => {
  it.each([
    [403, 'InvalidAccessKeyId', 1],
    [404, 'NoSuchBucket', 1],
    [503, 'SlowDown', 3],
  ])('with %i %s is an error, after as many attempts as are of use', async (status, code, attempts) => {
    s3.fault = (_, response) => {
      sendS3Error(response, status, code);
      return true;
    };
    const named = expect.objectContaining({ name: code });
    await expect(archive().putOnce('keys/ab.pem', Buffer.from('key'))).rejects.toThrow(named);
    expect(s3.requests).toHaveLength(attempts);
    await expect(archive().get('keys/ab.pem')).rejects.toThrow(named);
    await expect(Array.fromAsync(archive().list('keys/'))).rejects.toThrow(named);
  });

  it('and says nothing, or stops in the middle of an object, does not hold the recorder up', async () => {
    await archive().putOnce('keys/ab.pem', Buffer.from('key'));
    const impatient = archive({ maxAttempts: 1, retryStrategy: new ConfiguredRetryStrategy(1, () => 0) }, 50);
    s3.fault = ({ method }, response) => {
      if (method === 'GET') response.writeHead(200, { 'Content-Length': 1000 }).write('the begi');
      return true;
    };
    await expect(impatient.putOnce('keys/cd.pem', Buffer.from('key'))).rejects.toThrow(ENDED);
    await expect(impatient.get('keys/ab.pem')).rejects.toThrow(ENDED);
    await expect(Array.fromAsync(impatient.list('keys/'))).rejects.toThrow(ENDED);
  });
});

describe('a bucket that the caller may not list', () => {
  beforeEach(() => {
    s3.mayList = false;
  });

  it('does not say that an object is not there, and neither does the archive', async () => {
    await archive().putOnce('keys/ab.pem', Buffer.from('key'));
    expect(textOf(await archive().get('keys/ab.pem'))).toBe('key');
    await expect(archive().get('keys/cd.pem')).rejects.toThrow(ObjectWithheld);
    await expect(Array.fromAsync(archive().list('keys/'))).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDenied' }),
    );
  });

  describe('is enough for the recorder', () => {
    const trail = useTrail({ [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:50:00')] });
    beforeEach(() => recordNext(0));

    async function recordNext(minutes = 5): Promise<string[]> {
      trail.now = new Date(trail.now.getTime() + minutes * 60_000);
      const { failures } = await trail.record({}, { ...trail.ports(), signer: trail.signer, archive: archive() });
      return failures.map(({ message }) => message);
    }

    it('to go on signing when the key has changed', async () => {
      Object.assign(trail, { signer: STRANGER });
      expect(await recordNext()).toEqual([]);
      expect(await recordNext()).toEqual([]);
      s3.mayList = true;
      expect(await expectSoundArchive(trail.log, archive())).toEqual([3]);
    });

    it('to say that the archive has lost the checkpoint, or hides it', async () => {
      s3.objects.delete(`evidence/${checkpointObject(ALPHA, 1)}`);
      expect(await recordNext()).toEqual([
        'the archive does not hold the checkpoint of 1 entries, or does not let it be read: the store or the archive was changed, or restored. Nothing is signed until this is cleared up; cvpn-audit verify tells more',
      ]);
    });
  });
});

describe('the list of a bucket', () => {
  it('goes through all pages, in the order of the names', async () => {
    const keys = Array.from({ length: 2345 }, (_, size) => `checkpoints/a/${String(size + 1).padStart(10, '0')}`);
    for (const key of keys.toReversed()) s3.objects.set(`evidence/${key}`, Buffer.from('note'));
    s3.objects.set('evidence/checkpoints/b/0000000001', Buffer.from('note'));
    s3.objects.set('another/checkpoints/a/0000000000', Buffer.from('note'));
    expect(await Array.fromAsync(archive().list('checkpoints/a/'))).toEqual(keys);
    expect(s3.requests).toHaveLength(3);
    expect(await Array.fromAsync(archive().list('exports/'))).toEqual([]);
  });
});

describe('S3 on loopback', () => {
  it('reads streams as the SDK sends them, in chunks with their checksum behind', async () => {
    const Body = Readable.from([Buffer.alloc(70_000, 'a'), Buffer.alloc(70_000, 'b')]);
    const input = { Bucket: 'evidence', Key: 'stream', Body, ContentLength: 140_000 };
    await client().send(new PutObjectCommand(input));
    expect(s3.requests[0]?.headers['content-encoding']).toBe('aws-chunked');
    expect(s3.objects.get('evidence/stream')).toEqual(Buffer.from('a'.repeat(70_000) + 'b'.repeat(70_000)));
  });
});
