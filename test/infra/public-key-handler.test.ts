import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { KMSClient } from '@aws-sdk/client-kms';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHandler } from '../../lambda/public-key/handler.ts';
import { KMS_KEY, type LoopbackKms, sendKms, sendKmsError, startLoopbackKms } from '../support/servers/loopback-kms.ts';
import { type LoopbackServer, serveOnLoopback } from '../support/servers/loopback-server.ts';

type Answer = Record<'Status' | 'Reason' | 'PhysicalResourceId', string> & { readonly Data?: { PublicKey: string } };

/** A request that CloudFormation was sent. */
type Told = { readonly answer: Answer } & Readonly<Record<'method' | 'type', string | undefined>>;

describe('the resource that tells the public key', () => {
  let kms: LoopbackKms;
  let cloudFormation: LoopbackServer;
  let told: Told[];
  let status: number;
  /** Milliseconds since the function was invoked. */
  let now: number;

  beforeEach(async () => {
    told = [];
    status = 200;
    now = 0;
    kms = await startLoopbackKms();
    cloudFormation = await serveOnLoopback((request, response) => void take(request, response));
  });
  afterEach(async () => {
    await Promise.all([kms.close(), cloudFormation.close()]);
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = JSON.parse(await text(request)) as Answer;
    told.push({ method: request.method, type: request.headers['content-type'], answer });
    response.writeHead(status).end();
  }

  async function ask(RequestType: 'Create' | 'Update' | 'Delete', KeyId = KMS_KEY): Promise<Answer> {
    const client = new KMSClient({
      endpoint: kms.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      maxAttempts: 1,
    });
    const wait = async (milliseconds: number) => {
      now += milliseconds;
    };
    const handle = createHandler({ kms: client, wait });
    const event: CloudFormationCustomResourceEvent = {
      RequestType,
      RequestId: 'request-1',
      StackId: 'stack-1',
      LogicalResourceId: 'PublicKey',
      PhysicalResourceId: KeyId,
      ResourceType: 'Custom::PublicKey',
      ResponseURL: `${cloudFormation.url}/answer?signature=x`,
      ServiceToken: 'function-1',
      OldResourceProperties: { ServiceToken: 'function-1', KeyId },
      ResourceProperties: { ServiceToken: 'function-1', KeyId },
    };
    await handle(event, { getRemainingTimeInMillis: () => 120_000 - now });
    return (told[0] as Told).answer;
  }

  it.each(['Create', 'Update'] as const)('answers %s with the 32 bytes of the key in base64', async (type) => {
    const der = createPublicKey(kms.keys.get(KMS_KEY) as never).export({ type: 'spki', format: 'der' });
    expect(await ask(type)).toEqual({
      Status: 'SUCCESS',
      Data: { PublicKey: der.subarray(12).toString('base64') },
      PhysicalResourceId: KMS_KEY,
      StackId: 'stack-1',
      RequestId: 'request-1',
      LogicalResourceId: 'PublicKey',
    });
    expect(kms.requests).toEqual([{ operation: 'GetPublicKey', input: { KeyId: KMS_KEY } }]);
    // By a PUT without a type, as the presigned address wants it.
    expect(told.map(({ method, type = '' }) => [method, type])).toEqual([['PUT', '']]);
  });

  it('goes without asking for the key, which may be gone already', async () => {
    expect(await ask('Delete', 'no-key')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'no-key' });
    expect(kms.requests).toEqual([]);
  });

  const refuse = (type: string, times: number) => {
    kms.fault = (_, response) => {
      if (kms.requests.length > times) return false;
      sendKmsError(response, 400, type);
      return true;
    };
  };

  it.each([
    ['a role that is seconds old', 'AccessDeniedException'],
    ['a key that is', 'NotFoundException'],
    ['credentials that are', 'UnrecognizedClientException'],
  ])('waits out %s', async (_, type) => {
    refuse(type, 5);
    expect(await ask('Create')).toMatchObject({ Status: 'SUCCESS', Data: { PublicKey: expect.any(String) } });
    expect(kms.requests).toHaveLength(6);
    expect(now).toBe(30_000);
  });

  it.each([
    [
      'where KMS goes on refusing, while there is still time to say so',
      'AccessDenied',
      ' It was so in 11 attempts.',
      90,
    ],
    ['at once where waiting would not help', 'Disabled', '', 0],
  ])('fails with the reason %s', async (_, kind, attempts, seconds) => {
    refuse(`${kind}Exception`, Number.POSITIVE_INFINITY);
    expect(await ask('Create')).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: KMS_KEY,
      Reason: `The public key of ${KMS_KEY} cannot be read: ${kind}Exception: Said so.${attempts}`,
    });
    expect(now).toBeGreaterThanOrEqual(seconds * 1000);
    expect(now).toBeLessThanOrEqual(seconds * 1200);
  });

  it.each([
    ['of another kind', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
    ['of the same length and another algorithm', () => generateKeyPairSync('x25519').publicKey],
  ])('fails at a key %s', async (_, makeKey) => {
    const der = makeKey().export({ type: 'spki', format: 'der' });
    kms.fault = (__, response) => {
      sendKms(response, { KeyId: KMS_KEY, PublicKey: der.toString('base64') });
      return true;
    };
    const answer = await ask('Create');
    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('expected an Ed25519 public key'),
    });
    expect(answer).not.toHaveProperty('Data');
  });

  it('fails the run, which Lambda repeats, where CloudFormation does not take the answer', async () => {
    status = 403;
    await expect(ask('Create')).rejects.toThrow('CloudFormation did not take the answer: status 403');
  });
});
