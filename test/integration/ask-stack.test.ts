import { describe, expect, it } from 'vitest';
import { runHere } from '../support/command/run-here.ts';
import { startTestApi, type TestReply } from '../support/servers/api-server.ts';
import { stackError, stackWith } from '../support/servers/cloud-formation.ts';

async function askStack(reply: TestReply, env: NodeJS.ProcessEnv = {}) {
  await using formation = await startTestApi(() => reply);
  const ended = await runHere(['endpoints', '--stack', 'Trail', '--region', 'eu-central-1'], {
    AWS_ENDPOINT_URL_CLOUDFORMATION: formation.url,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    ...env,
  });
  return { ...ended, seen: formation.seen };
}

describe('--stack', () => {
  it("asks the API that the stack's output names, rather than that of the environment", async () => {
    await using api = await startTestApi(() => ({ json: { endpoints: [] } }));
    const { code, seen } = await askStack(stackWith({ Other: 'x', ApiUrl: api.url }), {
      CVPN_AUDIT_API: 'http://127.0.0.1:1',
    });
    expect(code).toBe(0);
    expect(new URLSearchParams(seen[0]?.body).get('StackName')).toBe('Trail');
    expect(seen[0]?.headers.authorization).toContain('/eu-central-1/cloudformation/');
    expect(api.seen.map(({ path }) => path)).toEqual(['/endpoints']);
  });

  it.each([
    [
      'that has no API',
      stackWith({ SnapshotsTable: 'T' }),
      /The stack Trail in eu-central-1 has no output ApiUrl \(its outputs: SnapshotsTable\)/,
    ],
    [
      'that does not exist',
      stackError('ValidationError', 'Stack with id Trail does not exist'),
      /There is no stack Trail in eu-central-1\. Check the name, --region and --profile/,
    ],
    [
      'that may not be seen',
      stackError('AccessDenied', 'User: arn:aws:iam::1:user/a is not authorized'),
      /refused to tell of the stack Trail \(User: arn.*\)\. The credentials need cloudformation:DescribeStacks/,
    ],
    [
      'with expired credentials',
      stackError('ExpiredToken', 'The token is expired'),
      /The AWS credentials have expired/,
    ],
    [
      'whose API is in the clear',
      stackWith({ ApiUrl: 'http://audit.example' }),
      /The stack Trail names .* in the clear/,
    ],
  ])('%s is explained', async (_what, reply, message) => {
    const { code, err } = await askStack(reply);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).not.toBe(0);
  });
});
