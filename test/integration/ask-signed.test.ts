import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApi } from '../../cli/api/client.ts';
import type { CredentialSource } from '../../cli/api/credential-source.ts';
import type { ApiQuestion } from '../../cli/api/question.ts';
import { connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { NOW } from '../support/command/asked-api.ts';
import { runCommand } from '../support/command/cvpn-audit.ts';
import { connectionsWith } from '../support/search/api-answers.ts';
import { type SeenQuestion, startTestApi, type TestReply } from '../support/servers/api-server.ts';
import { expectedSignature } from '../support/servers/expected-signature.ts';

const CREDENTIALS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aws-'));
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', CREDENTIALS.sessionToken);
  vi.stubEnv('AWS_REGION', 'eu-west-3');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Asks a server on loopback as if it were a deployed API. */
async function askSigned(
  reply: TestReply,
  { question = {}, source = {}, region }: { question?: ApiQuestion; source?: CredentialSource; region?: string } = {},
): Promise<{ seen: SeenQuestion | undefined; refused: string | undefined }> {
  await using api = await startTestApi(() => reply);
  const address = { url: api.url, isSigned: true, ...(region === undefined ? {} : { region }) };
  const signal = new AbortController().signal;
  const ports = { now: () => NOW, pause: async () => {}, timeout: () => signal, signal };
  const refused = await createApi(address, source, ports)
    .ask(['connections'], question, connectionsAnswer)
    .then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  return { seen: api.seen[0], refused };
}

const ANSWER = { json: connectionsWith([]) };

describe('a question to a deployed API', () => {
  it('is signed for execute-api with the credentials, its host and every parameter', async () => {
    const question = { user: ["Zoë O'Neil (x)*", 'a+b&c=d/e'], since: '2026-11-22T08:00:00Z', ip: [] };
    const { seen, refused } = await askSigned(ANSWER, { question });
    if (!seen) throw new Error(`nothing arrived: ${refused}`);
    expect(seen.headers.authorization).toBe(await expectedSignature(seen, 'eu-west-3', CREDENTIALS));
    expect(seen.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/20261122\/eu-west-3\/execute-api\/aws4_request, SignedHeaders=host;.*x-amz-date/,
    );
    expect(seen.headers['x-amz-security-token']).toBe('token');
    expect(seen.parameters.getAll('user')).toEqual(question.user);
    // As the signature has it: what does not canonicalize first must find the same.
    expect(seen.target).toContain('user=Zo%C3%AB%20O%27Neil%20%28x%29%2A&user=a%2Bb%26c%3Dd%2Fe');
  });

  it("is signed for the Region of the API's address, unless another is named", async () => {
    const inHost = await askSigned(ANSWER, { region: 'eu-central-1' });
    expect(inHost.seen?.headers.authorization).toContain('/eu-central-1/execute-api/');
    const named = await askSigned(ANSWER, { source: { region: 'us-east-1' } });
    expect(named.seen?.headers.authorization).toContain('/us-east-1/execute-api/');
  });

  it('is signed with the profile that is named, whatever the environment holds', async () => {
    writeFileSync(join(folder, 'credentials'), '[audit]\naws_access_key_id=AKIAPROFILE\naws_secret_access_key=s\n');
    writeFileSync(join(folder, 'config'), '[profile audit]\nregion=ap-south-1\n');
    // The SDK warns of the two sources.
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.stubEnv('AWS_REGION', undefined);
    const { seen } = await askSigned(ANSWER, { source: { profile: 'audit' } });
    warn.mockRestore();
    expect(seen?.headers.authorization).toContain('Credential=AKIAPROFILE/20261122/ap-south-1/');
  });

  it.each([
    ['Forbidden', /refused the question \(403: Forbidden\)\. Access key AKIAEXAMPLE needs execute-api:Invoke/],
    ['The security token included in the request is expired', /credentials have expired .*aws sso login/],
    ['Signature expired: 20261122T1', /Set this machine's clock right/],
    [
      "Credential should be scoped to a valid region, not 'x'.",
      /signed for the Region eu-west-3, which is not that of/,
    ],
    ['The security token included in the request is invalid.', /does not accept the AWS credentials .*AKIAEXAMPLE/],
    ['User: arn:aws:iam::1:user/a is not authorized', /403: User: arn:aws:iam::1:user\/a is not .*execute-api:Invoke/],
  ])('that is refused with %j is explained', async (said, message) => {
    // API Gateway writes the last of them so.
    const json = said.startsWith('User') ? { Message: said } : { message: said };
    const { refused } = await askSigned({ status: 403, json });
    expect(refused).toMatch(message);
    expect(refused).not.toContain('secret');
  });

  it('is not sent with credentials that have expired', async () => {
    vi.stubEnv('AWS_CREDENTIAL_EXPIRATION', '2026-11-22T15:00:00Z');
    const { seen, refused } = await askSigned(ANSWER);
    expect(seen).toBeUndefined();
    expect(refused).toMatch(/^The AWS credentials expired at 2026-11-22T15:00:00\.000Z\. Renew them/);
  });

  it('is not sent without a Region', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    const { refused } = await askSigned(ANSWER);
    expect(refused).toMatch(/There is no AWS Region .* --region, AWS_REGION/);
  });
});

describe('the command without credentials', () => {
  it('says how to give them, and shows no trace', async () => {
    const { code, err } = await runCommand([
      'endpoints',
      '--api',
      'https://abc.execute-api.eu-central-1.amazonaws.com',
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^cvpn-audit: There are no usable AWS credentials \(neither the environment, .* has any\)\. Give them as for the AWS CLI: --profile/,
    );
    expect(err).not.toMatch(/\n\s+at /);
  });
});
