import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECOND_PLACE } from '../../local/simulated-client-vpn/place.ts';
import { parseSavedAnswer } from '../../local/simulated-client-vpn/saved-answer.ts';
import { type SimulatedClientVpn, startSimulatedClientVpn } from '../../local/simulated-client-vpn/server.ts';
import { type SimulatedSts, startSimulatedSts } from '../../local/simulated-sts/server.ts';
import { runCommand, startCommand } from '../support/command/cvpn-audit.ts';
import { runHere } from '../support/command/run-here.ts';
import { readTrail } from '../support/recording/trail-contents.ts';
import { startTestApi } from '../support/servers/api-server.ts';

const FILE = join(import.meta.dirname, '../fixtures/describe-client-vpn-connections.json');
const ENDPOINT = 'cvpn-endpoint-123456789123abcde';

let data: string;
let ec2: SimulatedClientVpn;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'record-'));
  const world = parseSavedAnswer(readFileSync(FILE, 'utf8'), FILE);
  ec2 = await startSimulatedClientVpn({ world, now: () => new Date() });
});
afterEach(async () => {
  await ec2.close();
  rmSync(data, { recursive: true });
});

const record = (env: NodeJS.ProcessEnv, ...args: string[]) => runHere(['record', '--data', data, ...args], env);
const serveSaved = async () => {
  const words = ['serve', '--simulate', FILE, '--data', data, ...'--port 0 --ec2-port 0 --every 15m'.split(' ')];
  const served = startCommand(words);
  await served.prints(/2 opened/);
  return async () => {
    served.interrupt();
    expect(await served.exited).toBe(0);
  };
};

describe('record', () => {
  it('records once into the data folder and exits 0', async () => {
    const { code, out, err } = await runCommand(['record', '--data', data], { AWS_ENDPOINT_URL_EC2: ec2.url });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^\S+Z {2}cvpn-endpoint-123456789123abcde +2 connections +2 opened +1 ended +\d+ write units\n$/,
    );
    const trail = await readTrail(data);
    expect(trail.connections.map(({ status }) => status)).toEqual(['active', 'terminated']);
    expect(trail.logs.get(ENDPOINT)).toHaveLength(1);
  });

  it('goes through the DynamoDB of a "serve" that runs in the folder', async () => {
    const stop = await serveSaved();
    const { code, out } = await record({ AWS_ENDPOINT_URL_EC2: ec2.url });
    expect(out).toMatch(/2 connections +0 opened/);
    expect(code).toBe(0);
    await stop();
    expect((await readTrail(data)).logs.get(ENDPOINT)).toHaveLength(2);
  });

  it('fails when an endpoint was not recorded, and says why', async () => {
    const { code, out, err } = await record(
      { AWS_ENDPOINT_URL_EC2: ec2.url },
      '--endpoints',
      `${ENDPOINT},cvpn-endpoint-0000000000000000f`,
    );
    expect(out).toMatch(/cvpn-endpoint-123456789123abcde +2 connections/);
    expect(out).toMatch(/cvpn-endpoint-0000000000000000f {2}not recorded: .*\(endpoint-not-found\)/);
    expect(err).toBe('cvpn-audit: 1 of 2 endpoints were not recorded.\n');
    expect(code).toBe(1);
  });

  it('fails when nothing answers where EC2 should be', async () => {
    const { code, out } = await record({ AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:1' });
    expect(out).toMatch(/not recorded: .*\((network|endpoint-list)\)/);
    expect(code).toBe(1);
  });

  it('says what is missing without credentials and Region, and how to give it, and creates nothing', async () => {
    const { code, err } = await runHere(['record', '--data', join(data, 'new')]);
    expect(err).toMatch(/There are no usable AWS credentials .*AWS_PROFILE.*AWS_ACCESS_KEY_ID.*"aws sso login"/);
    expect(err).toMatch(/There is no AWS Region\. .*AWS_REGION=/);
    expect(err).toContain('cvpn-audit serve --simulate');
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
    expect(existsSync(join(data, 'new'))).toBe(false);
  });

  it('says only that the Region is missing when credentials are there', async () => {
    const { code, err } = await record({ AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
    expect(err).toMatch(/^cvpn-audit: There is no AWS Region/);
    expect(code).toBe(1);
  });

  it.each([
    [401, 'AuthFailure', /AWS refuses the credentials \(AuthFailure: refused\)\. Renew them or give others/],
    [400, 'RequestExpired', /AWS refuses the credentials \(RequestExpired: refused\)/],
    [
      403,
      'UnauthorizedOperation',
      /does not permit .* They need ec2:DescribeClientVpnEndpoints and ec2:DescribeClientVpnConnections/,
    ],
  ])('says what to do when AWS answers %i %s', async (status, errorCode, message) => {
    const text = `<Response><Errors><Error><Code>${errorCode}</Code><Message>refused</Message></Error></Errors></Response>`;
    await using refusing = await startTestApi(() => ({ status, text }));
    const { code, err } = await record({ AWS_ENDPOINT_URL_EC2: refusing.url });
    expect(err).toMatch(message);
    expect(code).toBe(1);
  });

  it('does not put what AWS says into a simulated trail', async () => {
    await (await serveSaved())();
    const { code, err } = await record({
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    });
    expect(err).toMatch(/holds a saved answer of the AWS CLI, and this asks for connections recorded from AWS/);
    expect(code).toBe(1);
  });
});

describe('rebuild', () => {
  it('makes the connections again in a new table, equal to those of the recorder', async () => {
    await record({ AWS_ENDPOINT_URL_EC2: ec2.url });
    const { code, out } = await runHere(['rebuild', '--data', data, '--to', 'Again']);
    expect(out).toContain('Again is made again from 1 log entries of 1 endpoints.');
    expect(code).toBe(0);
    const [first, again] = [await readTrail(data), await readTrail(data, 'Again')];
    expect(again.items.connections).toEqual(first.items.connections);
  });
});

describe('record --target', () => {
  const READER = {
    roleArn: `arn:aws:iam::${SECOND_PLACE.account}:role/ClientVpnAuditReader`,
    externalId: 'company-4711',
  };
  let sts: SimulatedSts;
  let places: SimulatedClientVpn;
  beforeEach(async () => {
    const now = () => new Date();
    sts = await startSimulatedSts({ roles: () => [READER], caller: 'arn:aws:iam::123456789012:user/alice', now });
    const description = {
      clientVpnEndpointId: ENDPOINT,
      serverCertificateArn: `arn:aws:acm:${SECOND_PLACE.region}:${SECOND_PLACE.account}:certificate/1a2b`,
    };
    const world = { endpoints: () => [description], connections: () => [] };
    places = await startSimulatedClientVpn({ world, now, accountOf: (key) => sts.accountOf(key) });
  });
  afterEach(async () => {
    await Promise.all([sts.close(), places.close()]);
  });
  const recordTarget = (...args: string[]) =>
    record({ AWS_ENDPOINT_URL_EC2: places.url, AWS_ENDPOINT_URL_STS: sts.url }, ...args);
  const target = ['--target', `${SECOND_PLACE.account}/${SECOND_PLACE.region}`, '--role-arn', READER.roleArn];

  it('records the account and Region with the role, as a deployed recorder does', async () => {
    const { code, out, err } = await recordTarget(...target, '--external-id', READER.externalId);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/cvpn-endpoint-123456789123abcde +0 connections/);
    const [manifest] = (await readTrail(data)).logs.get(ENDPOINT) ?? [];
    expect(manifest).toMatchObject({ accountId: SECOND_PLACE.account, region: SECOND_PLACE.region });
  });

  it('records nothing, and closes nothing, under an account that the credentials are not of', async () => {
    await recordTarget(...target, '--external-id', READER.externalId);
    // AWS tells of no account whose list it is: this one is of the first place.
    const other = 'cvpn-endpoint-0a0a0a0a0a0a0a0a0';
    const serverCertificateArn = `arn:aws:acm:${SECOND_PLACE.region}:123456789012:certificate/3c4d`;
    const world = {
      endpoints: () => [{ clientVpnEndpointId: other, serverCertificateArn }],
      connections: () => [],
    };
    const own = await startSimulatedClientVpn({ world, now: () => new Date() });
    const { code, err } = await record({ AWS_ENDPOINT_URL_EC2: own.url }, ...target.slice(0, 2));
    await own.close();
    expect(err).toMatch(/credentials are of account 123456789012.*expected those of account 111122223333/);
    expect(code).toBe(1);
    const { logs } = await readTrail(data);
    expect([...logs.keys()]).toEqual([ENDPOINT]);
    expect(logs.get(ENDPOINT)?.map(({ closedBecause }) => closedBecause)).toEqual([undefined]);
  });

  it('fails where the role is refused, and says what to do', async () => {
    const { code, out, err } = await recordTarget(...target, '--external-id', 'guessed');
    expect(out).toMatch(/the list of endpoints: .*ClientVpnAuditReader could not be assumed.*\(assume-role\)/);
    expect({ code, err }).toEqual({ code: 1, err: 'cvpn-audit: The recording is not complete.\n' });
  });

  it.each([
    [['--target', 'us-east-1'], /Expected an account and a Region, like 111122223333\/us-east-1/],
    [['--role-arn', 'ClientVpnAuditReader'], /Expected the ARN of a role/],
    [['--external-id', 'company-4711'], /--external-id is for a role; give --role-arn too/],
    [
      target.with(1, '123456789012/us-east-1'),
      /--target is of account 123456789012, and the role .* of account 111122223333/,
    ],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await recordTarget(...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});
