import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sayWhatCredentialsLack } from '../../cli/serve/say-credentials.ts';
import type { Failure } from '../../lambda/trail/failure.ts';
import { ec2FromEnvironment } from '../../local/aws-access.ts';
import { awsOptions } from '../../local/network/aws-options.ts';
import { withPerson } from '../../local/network/person.ts';
import { quietTerminal } from '../support/command/quiet-terminal.ts';
import { runHere } from '../support/command/run-here.ts';
import { startTestApi, type TestApi } from '../support/servers/api-server.ts';
import { stackWith } from '../support/servers/cloud-formation.ts';
import { refused, startMfaSts } from '../support/servers/mfa-sts.ts';

const DEVICE = 'arn:aws:iam::111122223333:mfa/anna';
const FOLDER = mkdtempSync(join(tmpdir(), 'credentials-'));
const CONFIG = `[profile mfa]
role_arn=arn:aws:iam::111122223333:role/auditor
source_profile=keys
mfa_serial=${DEVICE}
[profile mfa-of-nobody]
role_arn=arn:aws:iam::111122223333:role/auditor
source_profile=empty
mfa_serial=${DEVICE}
[profile role]
role_arn=arn:aws:iam::111122223333:role/auditor
source_profile=keys
[sso-session company]
sso_start_url=https://company.awsapps.com/start
sso_region=eu-central-1
[profile sso]
sso_session=company
sso_account_id=111122223333
sso_role_name=Auditor
[profile older-sso]
sso_start_url=https://older.awsapps.com/start
sso_region=eu-central-1
sso_account_id=111122223333
sso_role_name=Auditor
[profile login]
login_session=arn:aws:iam::111122223333:user/anna
[profile empty]
region=eu-central-1
`;

let sts: TestApi;
let formation: TestApi;
let trail: TestApi;
beforeAll(async () => {
  writeFileSync(join(FOLDER, 'config'), CONFIG);
  writeFileSync(join(FOLDER, 'credentials'), '[keys]\naws_access_key_id=AKIAEXAMPLE\naws_secret_access_key=secret\n');
  sts = await startMfaSts('123456');
  trail = await startTestApi(() => ({ json: { endpoints: [] } }));
  formation = await startTestApi(() => stackWith({ ApiUrl: trail.url }));
});
afterAll(async () => {
  for (const server of [sts, formation, trail]) await server[Symbol.asyncDispose]();
  rmSync(FOLDER, { recursive: true });
});
afterEach(() => vi.unstubAllEnvs());

const environment = () => ({
  HOME: FOLDER,
  AWS_CONFIG_FILE: join(FOLDER, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: join(FOLDER, 'credentials'),
  AWS_REGION: 'eu-central-1',
  AWS_ENDPOINT_URL_CLOUDFORMATION: formation.url,
  AWS_ENDPOINT_URL_STS: sts.url,
});

/** Asks the stack with a profile, as if a person were there who answers so. */
function askAs(profile: string, answer?: string, env: NodeJS.ProcessEnv = {}) {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answer ?? '';
  };
  const words = ['endpoints', '--stack', 'Trail', '--profile', profile];
  const running = runHere(words, { ...environment(), ...env }, answer === undefined ? undefined : ask);
  return running.then(({ code, err }) => ({ code, err, asked }));
}

describe('a profile with an MFA device', () => {
  it('asks the person for its code', async () => {
    const { code, asked } = await askAs('mfa', '123 456');
    expect(code).toBe(0);
    expect(asked).toEqual([`Code of the MFA device ${DEVICE} (profile mfa): `]);
    expect(formation.seen.at(-1)?.headers.authorization).toContain('Credential=ASIAEXAMPLE/');
  });

  it('asks once for all clients of the command', async () => {
    for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value);
    const before = sts.seen.length;
    let asked = 0;
    const answer = async () => {
      asked += 1;
      return '123456';
    };
    await withPerson(answer, async () => {
      const clients = [awsOptions({ profile: 'mfa' }), awsOptions({ profile: 'mfa', region: 'us-east-1' })];
      await Promise.all(clients.map(({ credentials }) => credentials()));
    });
    expect(asked).toBe(1);
    expect(sts.seen.length - before).toBe(1);
  });

  it('says how to do without a terminal', async () => {
    const { code, err } = await askAs('mfa');
    expect(code).toBe(1);
    expect(err).toBe(
      `cvpn-audit: The profile mfa needs a code of the MFA device ${DEVICE}, and there is no terminal to ask on. Where there is one, run: eval "$(aws configure export-credentials --profile mfa --format env)". Then run this again without --profile and AWS_PROFILE, and with AWS_REGION.\n`,
    );
  });

  it('is not asked about where nobody has the credentials that the code goes with', async () => {
    const { code, err, asked } = await askAs('mfa-of-nobody', '123456');
    expect(asked).toEqual([]);
    expect(code).toBe(1);
    expect(err).toMatch(/There are no usable AWS credentials \(Could not resolve credentials using profile: \[empty\]/);
  });

  it.each([
    [
      'that AWS does not take',
      '654321',
      /AWS did not accept the code of the MFA device .*:mfa\/anna .*wait for the next/,
    ],
    ['that is none', 'hunter2', /the six digits that it shows\. What was given is none\. Try again/],
    ['that nobody gives', '', /None was given \(there are 2 minutes for it\)\. Try again/],
  ])('says so of a code %s', async (_what, answer, message) => {
    const { code, err } = await askAs('mfa', answer);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toContain('hunter2');
  });
});

/** The AWS CLI's file of a session, named by the SHA-1 of the session's name, or of the start URL. */
function keepSession(key: string, expiresAt: string): void {
  const cache = join(FOLDER, '.aws/sso/cache');
  mkdirSync(cache, { recursive: true });
  const name = createHash('sha1').update(key).digest('hex');
  writeFileSync(join(cache, `${name}.json`), JSON.stringify({ accessToken: 'token', expiresAt }));
}

describe('a profile of IAM Identity Center', () => {
  const SAYS = (profile: string) =>
    new RegExp(
      `^cvpn-audit: The AWS credentials have expired: the profile ${profile} has no valid session with IAM Identity Center \\(.*\\)\\. Begin one: aws sso login --profile ${profile}\n$`,
    );

  it.each([
    ['sso', 'company'],
    ['older-sso', 'https://older.awsapps.com/start'],
  ])('without a session, or with one that has expired, names "aws sso login" (%s)', async (profile, key) => {
    expect((await askAs(profile)).err).toMatch(SAYS(profile));
    keepSession(key, '2026-01-01T00:00:00Z');
    expect((await askAs(profile)).err).toMatch(SAYS(profile));
  });
});

describe('credentials that are not there', () => {
  it.each([
    ['nobody', /\(there is no profile nobody in the AWS CLI's files, which have .*keys.*mfa.*\)\. Check --profile/],
    ['empty', /There are no usable AWS credentials \(neither the environment, nor a profile, .*\)\. Give them/],
    ['login', /The AWS credentials have expired: the profile login has no valid session .*: aws login --profile login/],
  ])('are explained for the profile %s', async (profile, message) => {
    const { code, err } = await askAs(profile);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it.each([
    [
      'AccessDenied',
      'User: u is not authorized to perform: sts:AssumeRole',
      /does not let the profile role assume .*auditor/,
    ],
    [
      'ExpiredToken',
      'The security token included in the request is expired',
      /have expired .*Renew them, or give others/,
    ],
  ])('are explained where STS says %s', async (kind, words, message) => {
    await using refusing = await startTestApi(() => refused(words, kind));
    const { err } = await askAs('role', undefined, { AWS_ENDPOINT_URL_STS: refusing.url });
    expect(err).toMatch(message);
  });

  it('are explained by serve where they have ended while it runs, which the trail itself does not tell', async () => {
    for (const [name, value] of Object.entries({ ...environment(), AWS_PROFILE: 'sso' })) vi.stubEnv(name, value);
    const places = [{ ec2: ec2FromEnvironment({}), region: 'eu-central-1' }];
    const terminal = quietTerminal();
    const failures: Failure[] = [
      { reason: 'network', message: '' },
      { reason: 'access-denied', message: '' },
    ];
    await sayWhatCredentialsLack([{ failures: failures.slice(0, 1) }], places, terminal);
    expect(terminal.notices).toEqual([]);
    await sayWhatCredentialsLack([{ failures }, { failures }], [...places, ...places], terminal);
    expect(terminal.notices).toEqual([expect.stringMatching(/Begin one: aws sso login --profile sso$/)]);
  });

  it('are explained by record, which begins nothing', async () => {
    const { err, code } = await runHere(['record', '--data', join(FOLDER, 'trail')], {
      ...environment(),
      AWS_PROFILE: 'sso',
    });
    expect(code).toBe(1);
    expect(err).toMatch(/Begin one: aws sso login --profile sso\n/);
  });
});
