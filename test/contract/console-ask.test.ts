import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { renewWords } from '../../cli/api/credential-source.ts';
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

const detailOf = async () => {
  const response = await ask('/connections');
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const { status, detail } = (await response.json()) as { status: number; detail: string };
  expect(status).toBe(response.status);
  return { status, detail };
};

describe('the console asks the API', () => {
  test("signed with the caller's credentials, every parameter as often as it is given", async () => {
    const response = await ask('/connections?username=a%20b&username=%C3%B6&limit=5');
    expect(await response.json()).toEqual({ connections: [] });
    const target = '/stage/connections?username=a%20b&username=%C3%B6&limit=5';
    expect(api.seen).toMatchObject([{ method: 'GET', target }]);
    expect(api.seen[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261122\/eu-central-1\/execute-api\/aws4_request, /,
    );
  });

  test('and gives its bytes and its problem documents as they came', async () => {
    reply = { headers: { 'Content-Type': 'application/gzip' }, text: 'bytes' };
    expect(await (await ask('/snapshots/e/s/chunks/0')).text()).toBe('bytes');
    const document = { type: '/problems/endpoint-not-recorded', title: 'No such endpoint', status: 404 };
    reply = { status: 404, headers: { 'Content-Type': 'application/problem+json' }, json: document };
    const response = await ask('/connections');
    expect([response.status, await response.json()]).toEqual([404, document]);
  });

  test('and says which profile to renew, also where the environment names it', async () => {
    reply = { status: 403, json: { message: 'The security token included in the request is expired' } };
    expect((await detailOf()).detail).toContain('The AWS credentials have expired');
    vi.stubEnv('AWS_PROFILE', 'audit');
    expect(renewWords({})).toContain('"aws sso login --profile audit"');
    expect(renewWords({ profile: 'other' })).toContain('"aws sso login --profile other"');
  });

  test.each<[what: string, reply: TestReply, status: number, detail: RegExp]>([
    ['it is not allowed', { status: 403, json: { message: 'Forbidden' } }, 403, /needs execute-api:Invoke/],
    ['there are too many', { status: 429, json: { message: 'Too Many Requests' } }, 429, /./],
    ['the address is too long', { status: 431, text: '' }, 414, /./],
    [
      'it is not the API',
      { text: '<html>', status: 302, headers: { Location: 'http://evil.example/' } },
      502,
      /is not the API of an audit trail/,
    ],
    ['nothing answers', (response) => response.destroy(), 502, /could not be reached/],
  ])('and says what to do where %s', async (_, given, status, detail) => {
    reply = given;
    expect(await detailOf()).toEqual({ status, detail: expect.stringMatching(detail) });
  });

  test('and says so where there are no credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('HOME', '/nonexistent');
    const detail = expect.stringMatching(/^There are no usable AWS credentials/);
    expect(await detailOf()).toEqual({ status: 403, detail });
  });
});
