import { generateKeyPairSync } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { describe, expect, it } from 'vitest';
import { KmsSigner } from '../../lambda/archive/kms-signer.ts';
import { openCheckpoint, originOf, signCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { KMS_KEY, refusing, sendKms, startLoopbackKms } from '../support/servers/loopback-kms.ts';

const ORIGIN = originOf('cvpn-endpoint-0aaaaaaaaaaaaaaaa');
const kms = ofEachTest(startLoopbackKms, (server) => server.close());
/** The SDK’s error where a signal ends a call, and the signal’s own where it ends what comes after it. */
const ENDED = expect.objectContaining({ name: expect.stringMatching(/^(?:AbortError|TimeoutError)$/) });

function signer(attempts = 3, timeout?: number): KmsSigner {
  const client = new KMSClient({
    endpoint: kms.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    retryStrategy: new ConfiguredRetryStrategy(attempts, () => 0),
  });
  return new KmsSigner(client, KMS_KEY, timeout === undefined ? {} : { timeout });
}

describe('a KMS key', () => {
  it('signs checkpoints that open with its public key', async () => {
    const note = await signCheckpoint({ origin: ORIGIN, size: 7, root: leafHash('x') }, signer());
    expect(openCheckpoint(note, ORIGIN, [await signer().publicKey()])).toMatchObject({ size: 7 });
    const { Message, ...input } = kms.requests.find(({ operation }) => operation === 'Sign')?.input ?? {};
    expect(input).toEqual({ KeyId: KMS_KEY, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' });
    expect(Buffer.from(String(Message), 'base64').toString()).toBe(`${note.split('\n').slice(0, 3).join('\n')}\n`);
  });

  it('is asked for its public key once', async () => {
    const one = signer();
    await Promise.all([one.publicKey(), one.publicKey()]);
    await one.publicKey();
    expect(kms.requests).toHaveLength(1);
  });

  it('is asked for its public key again after a failure', async () => {
    const one = signer(1);
    kms.fault = refusing('AccessDeniedException');
    await expect(one.publicKey()).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
    kms.fault = () => false;
    expect(await one.publicKey()).toHaveLength(32);
  });

  it.each([
    ['rsa', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ec', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ])('of the kind %s is refused, and the message says what is expected', async (_, generate) => {
    kms.keys.set(KMS_KEY, generate().privateKey);
    await expect(signer().publicKey()).rejects.toThrow('expected an Ed25519 public key');
    await expect(signer().sign(Buffer.from('text'))).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidKeyUsageException' }),
    );
  });

  it('that was exchanged behind its name signs nothing until it is looked up again', async () => {
    const one = signer();
    await one.publicKey();
    kms.keys.set(KMS_KEY, generateKeyPairSync('ed25519').privateKey);
    const checkpoint = { origin: ORIGIN, size: 7, root: leafHash('x') };
    await expect(signCheckpoint(checkpoint, one)).rejects.toThrow('is not by the key that was given as its own');
    await expect(signCheckpoint(checkpoint, signer())).resolves.toContain(ORIGIN);
  });
});

describe('a KMS that refuses or fails', () => {
  it.each([
    ['ThrottlingException', 3],
    ['KMSInternalException', 3],
    ['AccessDeniedException', 1],
    ['DisabledException', 1],
    ['KMSInvalidStateException', 1],
  ])('with %s is an error, after as many attempts as are of use', async (type, attempts) => {
    kms.fault = refusing(type, type === 'KMSInternalException' ? 500 : 400);
    await expect(signer().sign(Buffer.from('text'))).rejects.toThrow(expect.objectContaining({ name: type }));
    expect(kms.requests).toHaveLength(attempts);
  });

  it('and gives what is no signature is an error', async () => {
    for (const Signature of [undefined, Buffer.alloc(63).toString('base64')]) {
      kms.fault = (_, response) => {
        sendKms(response, Signature === undefined ? {} : { Signature });
        return true;
      };
      await expect(signer().sign(Buffer.from('text'))).rejects.toThrow('KMS gave a signature of');
    }
  });

  it('and says nothing, or stops in the middle of its answer, does not hold the recorder up', async () => {
    kms.fault = () => true;
    await expect(signer(1, 50).sign(Buffer.from('text'))).rejects.toThrow(ENDED);
    kms.fault = (_, response) => response.writeHead(200, { 'Content-Length': 1000 }).write('{"Signa');
    await expect(signer(1, 50).sign(Buffer.from('text'))).rejects.toThrow(ENDED);
    await expect(signer(1, 50).publicKey()).rejects.toThrow(ENDED);
  });
});
