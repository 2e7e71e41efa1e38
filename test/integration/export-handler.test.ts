import { KMSClient } from '@aws-sdk/client-kms';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KmsSigner } from '../../lambda/archive/kms-signer.ts';
import { exportDays } from '../../lambda/export/daily/export-days.ts';
import { createHandler, type HandlerPorts } from '../../lambda/export/handler.ts';
import { openManifest } from '../../lambda/trail/export-manifest.ts';
import { ANALYST, settingsOf, settingsWithAccesses } from '../support/command/asked-trail.ts';
import { REQUEST, signingPorts } from '../support/exports/export-signing.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { apiGatewayEvent } from '../support/servers/api-gateway-event.ts';
import { KMS_KEY, type LoopbackKms, refusing, startLoopbackKms } from '../support/servers/loopback-kms.ts';

// What it does has tests of its own; here it matters what it is called with.
vi.mock(import('../../lambda/export/daily/export-days.ts'), () => ({ exportDays: vi.fn() }));

let trail: RecordedTrail;
let kms: LoopbackKms;
let ports: HandlerPorts;
let errors: unknown[];
beforeEach(async () => {
  trail = await RecordedTrail.start();
  kms = await startLoopbackKms();
  errors = [];
  const client = new KMSClient({
    endpoint: kms.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  const signer = new KmsSigner(client, KMS_KEY);
  const { settings: _, ...rest } = signingPorts(trail, errors);
  ports = { ...rest, signer, archive: trail.archive, onDailyNote: () => {} };
  vi.mocked(exportDays).mockReset();
});
afterEach(async () => {
  await kms.close();
  await trail.close();
});

const environment = () => ({
  ...Object.fromEntries(Object.entries(settingsOf(trail)).map(([name, value]) => [name, String(value)])),
  ARCHIVE_BUCKET: 'archive',
  SIGNING_KEY: KMS_KEY,
});
const invoke = (event: unknown, seconds = 900) =>
  createHandler(environment(), ports)(event, { getRemainingTimeInMillis: () => seconds * 1000 });

function post(body: string, isBase64Encoded = false): APIGatewayProxyEventV2WithIAMAuthorizer {
  const { requestContext, ...event } = apiGatewayEvent('/exports');
  const http = { ...requestContext.http, method: 'POST' };
  const headers = { ...event.headers, 'content-type': 'application/json' };
  return { ...event, headers, requestContext: { ...requestContext, http }, body, isBase64Encoded };
}
const answerTo = async (event: unknown) => (await invoke(event)) as APIGatewayProxyStructuredResultV2;

describe('the export function, asked through the API,', () => {
  beforeEach(async () => {
    await settingsWithAccesses(trail);
    trail.rows = { [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:58:34')] };
    await trail.recordTimes(1);
  });
  const accesses = () => trail.scan(settingsOf(trail).ACCESSES_TABLE);

  it.each([['as text', false] as const, ['in base64', true] as const])(
    'signs with the KMS key for who signed the request, whose body comes %s',
    async (_, isBase64Encoded) => {
      const body = JSON.stringify({ ...REQUEST, files: [{ ...REQUEST.files[0], name: 'Zoë.csv' }] });
      const event = post(isBase64Encoded ? Buffer.from(body).toString('base64') : body, isBase64Encoded);
      const answer = await answerTo(event);
      expect(answer).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
      const manifest = openManifest(JSON.parse(answer.body ?? ''), [await ports.signer.publicKey()]);
      expect(manifest).toMatchObject({ exportedBy: ANALYST, files: [{ name: 'Zoë.csv' }] });
      expect(await accesses()).toMatchObject([{ principal: ANALYST, access: '2026-11-20T08:05:00Z#event-request-id' }]);
      expect(exportDays).not.toHaveBeenCalled();
    },
  );

  it('signs also what is longer than any message that KMS takes', async () => {
    const files = Array.from({ length: 20 }, (_, file) => ({ ...REQUEST.files[0], name: `${file}`.padEnd(255, 'x') }));
    const answer = await answerTo(post(JSON.stringify({ ...REQUEST, files })));
    expect(answer.statusCode).toBe(200);
    expect(openManifest(JSON.parse(answer.body ?? ''), [await ports.signer.publicKey()])).toMatchObject({ files });
  });

  it('answers a body that is wrong with a problem document, and signs nothing', async () => {
    for (const event of [post('{}'), { ...post(''), body: undefined }]) {
      const answer = await answerTo(event);
      expect(answer).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/problem+json' } });
      expect(JSON.parse(answer.body ?? '')).toMatchObject({ requestId: 'event-request-id' });
    }
    expect(kms.requests).toEqual([]);
  });

  it('answers no question: its permission to sign is for nothing else', async () => {
    const answer = await answerTo(apiGatewayEvent('/connections'));
    expect(answer.statusCode).toBe(404);
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ detail: 'Expected POST /exports.' });
    expect(await accesses()).toEqual([]);
  });

  it('signs nothing where the API does not say who signed the request', async () => {
    const { requestContext, ...event } = post(JSON.stringify(REQUEST));
    const { authorizer: _, ...unsigned } = requestContext;
    const answer = await answerTo({ ...event, requestContext: unsigned }).catch((error: unknown) => error);
    expect(JSON.stringify(answer)).not.toContain('signature');
    expect(kms.requests).toEqual([]);
  });

  it.each([
    ['ThrottlingException', 400, 503],
    ['KMSInternalException', 500, 503],
    ['DisabledException', 400, 500],
  ])('says whether to try again where KMS answers %s', async (type, status, expected) => {
    kms.fault = refusing(type, status);
    expect(await answerTo(post(JSON.stringify(REQUEST)))).toMatchObject({ statusCode: expected });
    expect(errors).toMatchObject([{ name: type }]);
    expect(await accesses()).toEqual([]);
  });
});

describe('the export function, called by its schedule,', () => {
  it('exports the days before the time it was scheduled for, and leaves itself time to end', async () => {
    vi.mocked(exportDays).mockResolvedValue({ days: 2, waiting: 1 });
    const summary = await invoke({ scheduledTime: '2026-11-20T02:00:00Z' });
    expect(summary).toEqual({ days: 2, waiting: 1 });
    expect(exportDays).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        documents: ports.documents,
        archive: trail.archive,
        signer: ports.signer,
        now: ports.now,
      }),
      expect.objectContaining({ ARCHIVE_BUCKET: 'archive', INTERVAL_MINUTES: 5, EPSILON_SECONDS: 120 }),
      {
        at: new Date('2026-11-20T02:00:00Z'),
        deadline: new Date(trail.now.getTime() + 880_000),
        onNote: ports.onDailyNote,
      },
    );
  });

  it('fails where the export fails, so that it is tried again and the alarm goes off', async () => {
    vi.mocked(exportDays).mockRejectedValue(new Error('no archive'));
    await expect(invoke({ scheduledTime: '2026-11-20T02:00:00Z' })).rejects.toThrow('no archive');
  });

  it.each([
    {},
    { scheduledTime: 'yesterday' },
    { scheduledTime: '2026-11-20T02:00:00Z', day: '2026-11-01' },
    'now',
    null,
  ])('does nothing on %o, and says what is expected', async (event) => {
    await expect(invoke(event)).rejects.toThrow(/expected a request of the API, or the schedule's event, like/);
    expect(exportDays).not.toHaveBeenCalled();
  });
});

describe('the export function in an environment that is not complete', () => {
  it('does not start, and says what is wrong', () => {
    const start = () => createHandler({ ...environment(), ARCHIVE_BUCKET: '', SIGNING_KEY: undefined }, ports);
    for (const name of ['ARCHIVE_BUCKET', 'SIGNING_KEY']) expect(start).toThrow(name);
  });
});
