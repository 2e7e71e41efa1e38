import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeClientVpnEndpointsCommand } from '@aws-sdk/client-ec2';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApi } from '../../cli/api/client.ts';
import { readStackOutputs } from '../../cli/api/stack-output.ts';
import { connectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { toError } from '../../lambda/trail/to-error.ts';
import { ec2FromEnvironment } from '../../local/aws-access.ts';
import { awsOptions } from '../../local/network/aws-options.ts';
import { fetchOutside } from '../../local/network/fetch-outside.ts';
import { networkHandler } from '../../local/network/request-handler.ts';
import { openArchive } from '../../local/open-archive.ts';
import { NOW } from '../support/command/asked-api.ts';
import { runHere } from '../support/command/run-here.ts';
import { startTestApi } from '../support/servers/api-server.ts';
import { type ForwardProxy, startForwardProxy } from '../support/servers/forward-proxy.ts';
import { AUTHORITY_FILE, startTlsServer, type TlsServer } from '../support/servers/tls-server.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'network-'));
const REGION = 'eu-central-1';
const KEYS = 'aws_access_key_id=AKIAEXAMPLE\naws_secret_access_key=secret\n';
const CONFIG = `[profile bundled]
ca_bundle=${AUTHORITY_FILE}
[profile role]
role_arn=arn:aws:iam::111122223333:role/auditor
source_profile=default
[profile web]
role_arn=arn:aws:iam::111122223333:role/auditor
web_identity_token_file=${join(FOLDER, 'token')}
[profile sso]
sso_start_url=https://company.awsapps.com/start
sso_region=${REGION}
sso_account_id=111122223333
sso_role_name=Auditor
`;

let aws: TlsServer;
let proxy: ForwardProxy;
beforeAll(async () => {
  aws = await startTlsServer();
  proxy = await startForwardProxy({ port: aws.port });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await aws[Symbol.asyncDispose]();
  rmSync(FOLDER, { recursive: true });
});

const NETWORK = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
const CREDENTIALS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

beforeEach(() => {
  for (const name of [...NETWORK, ...CREDENTIALS, 'AWS_CA_BUNDLE', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_REGION', REGION);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('HOME', FOLDER);
  vi.stubEnv('AWS_CONFIG_FILE', join(FOLDER, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(FOLDER, 'credentials'));
  writeFileSync(join(FOLDER, 'config'), CONFIG);
  writeFileSync(join(FOLDER, 'credentials'), `[default]\n${KEYS}[bundled]\n${KEYS}`);
  aws.asked.length = 0;
  proxy.asked.length = 0;
});
afterEach(() => vi.unstubAllEnvs());

const ADDRESS = { url: `https://abc123.execute-api.${REGION}.amazonaws.com`, isSigned: true, region: REGION };
const HOST = new URL(ADDRESS.url).host;
const IDLE = new AbortController().signal;
const PORTS = { now: () => NOW, pause: async () => {}, timeout: () => IDLE, signal: IDLE };

const askEc2 = () => ec2FromEnvironment({}).send(new DescribeClientVpnEndpointsCommand({}));
const askApi = (profile?: string) =>
  createApi(ADDRESS, profile === undefined ? {} : { profile }, PORTS).ask(['connections'], {}, connectionsAnswer);

const askHost = (url: string) =>
  fetchOutside(networkHandler(), new URL(url), { method: 'GET', headers: {}, signal: IDLE });

/** Each kind of client that the command has, and the host that it asks. */
const CLIENTS: [what: string, host: string, ask: () => Promise<unknown>][] = [
  ['EC2', `ec2.${REGION}.amazonaws.com`, askEc2],
  [
    'DynamoDB',
    `dynamodb.${REGION}.amazonaws.com`,
    () => new DynamoDBClient(awsOptions()).send(new ListTablesCommand()),
  ],
  [
    'S3',
    `archive.s3.${REGION}.amazonaws.com`,
    async () => (await openArchive('s3://archive')).archive.get('checkpoints/x'),
  ],
  ['KMS', `kms.${REGION}.amazonaws.com`, () => new KMSClient(awsOptions()).send(new ListKeysCommand())],
  [
    'STS, for the role of a profile',
    `sts.${REGION}.amazonaws.com`,
    () => awsOptions({ profile: 'role' }).credentials(),
  ],
  [
    'STS, for a web identity',
    `sts.${REGION}.amazonaws.com`,
    () => {
      writeFileSync(join(FOLDER, 'token'), 'token');
      return awsOptions({ profile: 'web' }).credentials();
    },
  ],
  [
    'IAM Identity Center, for a profile',
    `portal.sso.${REGION}.amazonaws.com`,
    () => {
      // Where the AWS CLI keeps the session of this start URL: named by its SHA-1.
      const cache = join(FOLDER, '.aws/sso/cache');
      mkdirSync(cache, { recursive: true });
      const name = createHash('sha1').update('https://company.awsapps.com/start').digest('hex');
      const session = { accessToken: 'token', expiresAt: '2120-01-01T00:00:00Z' };
      writeFileSync(join(cache, `${name}.json`), JSON.stringify(session));
      return awsOptions({ profile: 'sso' }).credentials();
    },
  ],
  ['CloudFormation', `cloudformation.${REGION}.amazonaws.com`, () => readStackOutputs('Trail', {})],
  ["the trail's API", `abc123.execute-api.${REGION}.amazonaws.com`, askApi],
];

/** One that did not sign the server's certificate: Node has some. */
const OTHER_AUTHORITY = join(FOLDER, 'other.pem');

/** The message of what is expected to be refused. */
const refusalOf = (asking: Promise<unknown>): Promise<string> =>
  asking.then(
    () => 'nothing',
    (error: unknown) => toError(error).message,
  );

describe('behind a proxy with an authority of its own', () => {
  it.each(CLIENTS)('%s is asked through it, and believed by AWS_CA_BUNDLE', async (_what, host, ask) => {
    vi.stubEnv('HTTPS_PROXY', `http://${proxy.host}`);
    vi.stubEnv('AWS_CA_BUNDLE', AUTHORITY_FILE);
    await refusalOf(ask());
    expect(proxy.asked).toEqual([`CONNECT ${host}:443`]);
    expect(aws.asked).toEqual([host]);
  });

  it.each(CLIENTS)('%s is not believed without the bundle, and told how to be', async (_what, host, ask) => {
    vi.stubEnv('https_proxy', proxy.host);
    const said = await refusalOf(ask());
    const begin = `The certificate of ${host}, reached through the proxy http://${proxy.host} (https_proxy), is not trusted`;
    expect(said.slice(0, begin.length)).toBe(begin);
    expect(said).toMatch(/name its authority's certificate \(a file in PEM\) in AWS_CA_BUNDLE, or as ca_bundle/);
    expect(aws.asked).toEqual([]);
  });
});

describe('a proxy', () => {
  beforeEach(() => vi.stubEnv('AWS_CA_BUNDLE', AUTHORITY_FILE));

  it('is given the user and password of its URL', async () => {
    await using picky = await startForwardProxy({ port: aws.port, wants: 'anna:p@ss/word' });
    vi.stubEnv('HTTPS_PROXY', `http://anna:p%40ss%2Fword@${picky.host}`);
    await refusalOf(askApi());
    expect(aws.asked).toEqual([HOST]);
  });

  it('may be spoken to over TLS, and is believed by the bundle too', async () => {
    await using secure = await startForwardProxy({ port: aws.port, isSecure: true });
    vi.stubEnv('HTTPS_PROXY', `https://${secure.host.replace('127.0.0.1', 'localhost')}`);
    await refusalOf(askApi());
    expect(aws.asked).toEqual([HOST]);
  });

  it.each([
    [
      'no password',
      '',
      /wants a user and a password \(407\), and none is given\. Name them in the variable: http:\/\/USER/,
    ],
    ['another password', 'anna:s3cret@', /\(407\), and those given are not accepted/],
  ])('that is given %s is named, and the password is not shown', async (_what, user, message) => {
    await using picky = await startForwardProxy({ port: aws.port, wants: 'anna:other' });
    vi.stubEnv('HTTPS_PROXY', `http://${user}${picky.host}`);
    for (const said of [await refusalOf(askEc2()), await refusalOf(askApi())]) {
      expect(said).toContain(`The proxy http://${picky.host} (HTTPS_PROXY) wants`);
      expect(said).toMatch(message);
      expect(said).not.toMatch(/s3cret|czNjcmV0/);
    }
    // It stays so: nobody asks again.
    expect(picky.asked).toHaveLength(2);
  });

  it('that keeps record from AWS for good is named before anything is begun', async () => {
    await using picky = await startForwardProxy({ port: aws.port, wants: 'anna:other' });
    const network = { HTTPS_PROXY: `http://${picky.host}`, HOME: FOLDER };
    const { code, err } = await runHere(['record', '--data', join(FOLDER, 'trail')], network);
    expect(code).toBe(1);
    expect(err).toMatch(/^cvpn-audit: The proxy \S+ \(HTTPS_PROXY\) wants a user and a password/);
    expect(existsSync(join(FOLDER, 'trail'))).toBe(false);
  });

  it.each([
    ['refuses', 403, /did not lead to .* \(it answered 403\)\. Ask who runs it, or name the hosts .* NO_PROXY/, 1],
    ['has a bad day', 502, /did not lead to .* \(it answered 502\)/, 4],
  ])('that %s is named', async (_what, answers, message, times) => {
    await using refusing = await startForwardProxy({ port: aws.port, answers });
    vi.stubEnv('HTTPS_PROXY', `http://${refusing.host}`);
    expect(await refusalOf(askApi())).toMatch(message);
    expect(refusing.asked).toHaveLength(times);
  });

  it('that does not answer is named, in time', async () => {
    await using silent = await startForwardProxy({ port: aws.port, answers: 'never' });
    vi.stubEnv('HTTPS_PROXY', `http://${silent.host}`);
    const handler = networkHandler({ leadMilliseconds: 20 });
    const asking = fetchOutside(handler, new URL(ADDRESS.url), { method: 'GET', headers: {}, signal: IDLE });
    expect(await refusalOf(asking)).toBe(
      `The proxy http://${silent.host} (HTTPS_PROXY) did not lead to ${HOST} in time. Ask who runs it, or name the hosts that need none in NO_PROXY.`,
    );
  });

  it('that is not there is named', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1');
    expect(await refusalOf(askApi())).toBe(
      'The proxy http://127.0.0.1:1 (HTTPS_PROXY) cannot be reached (ECONNREFUSED). Check the variable, and the network.',
    );
  });

  it('that speaks another protocol than its address says is named', async () => {
    vi.stubEnv('HTTPS_PROXY', `https://${proxy.host.replace('127.0.0.1', 'localhost')}`);
    expect(await refusalOf(askApi())).toMatch(/did not speak the protocol of its address .* Is it http:\/\/ or https:/);
  });

  it.each([
    ['ftp://proxy.example:21', 'ftp://proxy.example:21'],
    ['http://anna:s3cret@', 'http://…@'],
    ['anna:s3cret@proxy example:3128', '…@proxy example:3128'],
    ['http://anna:s3%cret@proxy.example', 'http://…@proxy.example'],
  ])('that is written as %s is refused before anything is sent', async (given, shown) => {
    vi.stubEnv('HTTPS_PROXY', given);
    const said = `HTTPS_PROXY is "${shown}"; expected the address of a proxy like http://proxy.example.com:3128.`;
    expect(await refusalOf(askApi())).toBe(said);
    const { code, err } = await runHere(['record', '--data', join(FOLDER, 'trail')], { HTTPS_PROXY: given });
    expect({ code, err }).toEqual({ code: 1, err: `cvpn-audit: ${said}\n` });
  });

  it('is left out for what NO_PROXY names, and for this machine', async () => {
    vi.stubEnv('HTTPS_PROXY', `http://${proxy.host}`);
    vi.stubEnv('HTTP_PROXY', `http://${proxy.host}`);
    vi.stubEnv('no_proxy', '.example.com,nowhere.invalid');
    expect(await refusalOf(askHost('https://nowhere.invalid'))).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(await refusalOf(askHost(`https://localhost:${aws.port}`))).toBe('nothing');
    expect(await refusalOf(askHost('http://127.0.0.1:1'))).toMatch(/ECONNREFUSED/);
    expect(proxy.asked).toEqual([]);
    expect(aws.asked).toEqual([`localhost:${aws.port}`]);
  });

  it('is asked with the whole address for what is not TLS', async () => {
    await using store = await startTestApi(() => ({ json: { TableNames: ['T'] } }));
    await using clear = await startForwardProxy({ port: Number(new URL(store.url).port), wants: 'anna:s3cret' });
    vi.stubEnv('HTTP_PROXY', `http://anna:s3cret@${clear.host}`);
    const client = new DynamoDBClient({ ...awsOptions(), endpoint: 'http://dynamodb.example:8000' });
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['T']);
    expect(clear.asked).toEqual(['POST http://dynamodb.example:8000/']);
    vi.stubEnv('HTTP_PROXY', `http://${clear.host}`);
    expect(await refusalOf(client.send(new ListTablesCommand({})))).toMatch(/wants a user and a password \(407\)/);
  });
});

describe('the authorities', () => {
  beforeEach(() => vi.stubEnv('HTTPS_PROXY', `http://${proxy.host}`));

  it('are those of the profile as well, which AWS_CA_BUNDLE goes before', async () => {
    await refusalOf(askApi('bundled'));
    expect(aws.asked).toEqual([HOST]);
    writeFileSync(OTHER_AUTHORITY, rootCertificates[0] ?? '');
    vi.stubEnv('AWS_CA_BUNDLE', OTHER_AUTHORITY);
    expect(await refusalOf(askApi('bundled'))).toMatch(/is not trusted .*, not even with AWS_CA_BUNDLE, /);
  });

  it.each([
    [
      'is not there',
      join(FOLDER, 'none.pem'),
      /cannot be read \(ENOENT.*\); expected a file of certificates in PEM\.$/,
    ],
    ['holds none', join(FOLDER, 'config'), /which holds no certificate; expected certificates in PEM\.$/],
    ['holds what is none', join(FOLDER, 'broken.pem'), /a certificate that cannot be read \(number 1\); expected/],
  ])('are refused where their file %s', async (_what, file, message) => {
    writeFileSync(join(FOLDER, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    vi.stubEnv('AWS_CA_BUNDLE', file);
    for (const said of [await refusalOf(askEc2()), await refusalOf(askApi())]) {
      expect(said).toContain(`AWS_CA_BUNDLE names ${file}, which `);
      expect(said).toMatch(message);
    }
    expect(proxy.asked).toEqual([]);
  });
});
