import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRawAsk } from '../../cli/console/raw-ask.ts';
import { startTestApi, type TestApi, type TestReply } from '../support/servers/api-server.ts';

const NOW = new Date('2026-11-22T14:03:00Z');
const PORTS = { now: () => NOW, timeout: () => new AbortController().signal, signal: new AbortController().signal };

let api: TestApi;
let reply: TestReply;
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI');
  reply = { json: { connections: [] } };
  api = await startTestApi(() => reply);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await api[Symbol.asyncDispose]();
});

/** As a deployed API is asked, but for where it is. */
const ask = (path: string) =>
  createRawAsk({ url: `${api.url}/stage`, isSigned: true, region: 'eu-central-1' }, {}, PORTS)(path);

const detailOf = async (path = '/connections') => {
  const response = await ask(path);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const { status, detail } = (await response.json()) as { status: number; detail: string };
  expect(status).toBe(response.status);
  return { status, detail };
};

describe('the console asks the API', () => {
  test("signed with the caller's credentials, every parameter as often as it is given", async () => {
    const response = await ask('/connections?username=a%20b&username=%C3%B6&limit=5');
    expect(await response.json()).toEqual({ connections: [] });
    expect(api.seen).toMatchObject([
      {
        method: 'GET',
        target: '/stage/connections?username=a%20b&username=%C3%B6&limit=5',
        headers: {
          authorization: expect.stringMatching(
            /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261122\/eu-central-1\/execute-api\/aws4_request, /,
          ),
        },
      },
    ]);
  });

  test('and gives its bytes and its problem documents as they came', async () => {
    reply = { headers: { 'Content-Type': 'application/gzip' }, text: 'bytes' };
    expect(await (await ask('/snapshots/e/s/chunks/0')).text()).toBe('bytes');
    const document = { type: '/problems/endpoint-not-recorded', title: 'No such endpoint', status: 404 };
    reply = { status: 404, headers: { 'Content-Type': 'application/problem+json' }, json: document };
    const response = await ask('/connections');
    expect([response.status, await response.json()]).toEqual([404, document]);
  });

  test('and says what to do where the gateway refuses', async () => {
    reply = { status: 403, json: { message: 'Forbidden' } };
    expect(await detailOf()).toEqual({ status: 403, detail: expect.stringContaining('needs execute-api:Invoke') });
    reply = { status: 429, json: { message: 'Too Many Requests' } };
    expect((await detailOf()).status).toBe(429);
    reply = { status: 431, text: '' };
    expect((await detailOf()).status).toBe(414);
    reply = { text: '<html>', status: 302, headers: { Location: 'http://evil.example/' } };
    expect(await detailOf()).toEqual({
      status: 502,
      detail: expect.stringContaining('is not the API of an audit trail'),
    });
  });

  test('and says so where nothing answers, or there are no credentials', async () => {
    reply = (response) => response.destroy();
    expect(await detailOf()).toEqual({ status: 502, detail: expect.stringContaining('could not be reached') });
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('HOME', '/nonexistent');
    expect(await detailOf()).toEqual({
      status: 403,
      detail: expect.stringMatching(/^There are no usable AWS credentials/),
    });
  });
});
