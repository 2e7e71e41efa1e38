import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { S3Archive } from '../../lambda/archive/s3-archive.ts';
import { DynamoDbSnapshotLog } from '../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { readerTemplate } from '../../lib/reader-template.ts';
import { startSimulatedSts } from '../../local/simulated-sts/server.ts';
import { ACCOUNT, Deployment } from '../support/deployment/deployment.ts';
import { Judge } from '../support/deployment/judge.ts';
import type { Reader } from '../support/deployment/judged-aws.ts';
import { gatherNeeds, permissionsPage } from '../support/deployment/permissions-page.ts';
import { Rehearsal, type Template } from '../support/deployment/rehearsal.ts';
import type { Outcome, RehearsedStack } from '../support/deployment/rehearsed-stack.ts';
import { REQUEST } from '../support/exports/export-signing.ts';
import { ALPHA, activeRow, BETA, endedRow } from '../support/recording/recorded-trail.ts';
import { expectSoundArchive } from '../support/recording/sound-archive.ts';

/** What a policy allows and no event here needs, and why it is there. */
const REASONS: Readonly<Record<string, string>> = Object.fromEntries(
  ['RecorderRole', 'QueryRole', 'ExportRole'].map((role) => [
    `${role}: kms:DescribeKey on TablesEncryptionKey if kms:ViaService StringEquals dynamodb.{AWS::Region}.amazonaws.com`,
    'AWS does not say that DynamoDB reads a table for a role without it, and the CDK’s own grants give it beside kms:Decrypt (aws-dynamodb/lib/perms)',
  ]),
);

let rehearsal: Rehearsal;
let stack: RehearsedStack;
let reader: Reader;

beforeAll(async () => {
  rehearsal = await Rehearsal.start(inject('assemblies'));
});
afterAll(() => rehearsal.close());

const anna = activeRow('cvpn-connection-0a', '2026-11-20 07:50:00', { username: 'anna' });
const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:51:00', { clientIpv6Address: '2001:db8::b' });
const emil = activeRow('cvpn-connection-0e', '2026-11-20 07:00:00', { clientVpnEndpointId: BETA, commonName: 'emil' });
const bobLeft = endedRow(bob, '2026-11-20 08:03:00');

/** A time in November 2026. */
const at = (time: string) => new Date(`2026-11-${time}:00Z`);

/** An event of the recorder's schedule, at a time at which AWS lists these rows. */
async function record(event: string, time: string, rows: Rehearsal['trail']['rows']): Promise<Outcome> {
  rehearsal.trail.rows = rows;
  rehearsal.trail.now = at(time);
  stack.judge.event = event;
  return stack.scheduled('AuditTrailSchedule', at(time));
}

/** The same, of which everything must have succeeded. */
async function expectRecorded(...recording: Parameters<typeof record>): Promise<Outcome> {
  const outcome = await record(...recording);
  expect({ ...outcome, log: '' }).toEqual({ answer: expect.objectContaining({ failures: [] }), log: '' });
  expectNothingRefused();
  return outcome;
}

/** The first run is cut off between each file and its manifest: the second finds the files there. */
async function expectDaysExported(time: string, days: number): Promise<void> {
  stack.judge.event = 'daily export that is cut off';
  stack.aws.fault = ({ method, url }) => method === 'PUT' && url.pathname.endsWith('manifest.json');
  const { error } = await stack.scheduled('AuditTrailDailyExport', at(time));
  expect(error).toContain(`${days} days were not exported`);
  stack.judge.event = 'daily export';
  stack.aws.fault = () => false;
  expect((await stack.scheduled('AuditTrailDailyExport', at(time))).answer).toMatchObject({ days });
  expectNothingRefused();
}

function expectNothingRefused(): void {
  expect([stack.judge.refused, stack.aws.errors]).toEqual([[], []]);
}

/** Store and archive of the stack, as another client reads them. */
async function expectSound(bucket: string, sizes: number[]): Promise<void> {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const archive = new S3Archive(new S3Client({ endpoint: rehearsal.s3.url, region: 'any', credentials }), bucket);
  const table = stack.deployment.nameOf(stack.deployment.only('AWS::DynamoDB::Table', 'AuditTrailTablesSnapshots'));
  expect(await expectSoundArchive(new DynamoDbSnapshotLog(rehearsal.trail.tables.documents, table), archive)).toEqual(
    sizes,
  );
}

const ownBucket = () => stack.deployment.nameOf(stack.deployment.only('AWS::S3::Bucket', 'AuditTrailArchive'));

describe('the stack by default', () => {
  beforeAll(async () => {
    stack = await rehearsal.deploy('default', rehearsal.synthesize({}));
  });

  it.each(['Create', 'Update', 'Delete'] as const)('answers CloudFormation’s %s of the public key', async (type) => {
    stack.judge.event = `${type} of the custom resource`;
    const told = await stack.customResource('Custom::PublicKey', type, at('20T07:59'));
    const PublicKey = expect.stringMatching(/^[\w+/]{43}=$/) as unknown;
    expect(told).toMatchObject({ Status: 'SUCCESS', ...(type === 'Delete' ? {} : { Data: { PublicKey } }) });
    expectNothingRefused();
  });

  it('records for the first time, and logs and counts what it did', async () => {
    const { answer, log } = await expectRecorded('first recording', '20T08:00', {
      [ALPHA]: [anna, bob],
      [BETA]: [emil],
    });
    expect(answer).toMatchObject({ slot: '2026-11-20T08:00:00Z', connections: 3, opened: 3 });
    const lines = log.split('\n').filter((line) => line.startsWith('{'));
    const logged = lines.map((line) => JSON.parse(line) as unknown);
    const counted = { SnapshotsCommitted: 2, Connections: 3, Failures: 0, UnparsedRows: 0, service: 'recorder' };
    expect(logged).toContainEqual(
      expect.objectContaining({ message: 'endpoint', endpointId: ALPHA, outcome: 'committed' }),
    );
    expect(logged).toContainEqual(expect.objectContaining(counted));
    await expectSound(ownBucket(), [1, 1]);
  });

  it('records again, also after a gap, and closes the log of an endpoint that was deleted', async () => {
    await expectRecorded('steady state', '20T08:05', { [ALPHA]: [anna, bobLeft], [BETA]: [emil] });
    await expectRecorded('after a gap', '20T10:00', { [ALPHA]: [anna], [BETA]: [emil] });
    await expectRecorded('closing of a deleted endpoint', '20T10:05', { [ALPHA]: [anna] });
    await expectSound(ownBucket(), [4, 4]);
  });

  it('mends in the next run what a run left behind that was cut off', async () => {
    stack.aws.fault = ({ operation, body }) => operation === 'PutItem' && body.includes('#checkpoint');
    const { error, log } = await record('cut off before the checkpoint was stored', '20T12:00', { [ALPHA]: [anna] });
    expect(error).toContain(
      `RecordingIncomplete: the recording of 2026-11-20T12:00:00Z is incomplete: ${ALPHA}: not signed and archived yet: checkpoint`,
    );
    expect(log).toContain('"Failures":1');
    expect(log).toContain('"detail":"the checkpoint could not be signed or archived');
    expect(log).not.toContain('reserved key');
    stack.aws.fault = () => false;
    await expectRecorded('after one that was cut off', '20T12:05', { [ALPHA]: [anna] });
    await expectSound(ownBucket(), [6, 4]);
  });

  it('goes on under another key', async () => {
    rehearsal.changeKeys(stack);
    await stack.coldStart();
    await expectRecorded('change of the key', '20T12:10', { [ALPHA]: [anna] });
    await expectSound(ownBucket(), [7, 4]);
  });

  it('reports what could not be handed over', async () => {
    stack.judge.event = 'an event that Lambda does not take';
    await stack.undelivered('AuditTrailSchedule');
    await stack.undelivered('AuditTrailDailyExport');
    expectNothingRefused();
  });

  it('exports the days that are over, also after a run that was cut off', async () => {
    await expectRecorded('after a gap', '21T08:00', { [ALPHA]: [endedRow(anna, '2026-11-21 07:58:00')] });
    await expectRecorded('after a gap', '22T00:30', { [ALPHA]: [] });
    await expectDaysExported('22T02:00', 3);
  });
});

describe('the API of that stack', () => {
  const now = at('22T02:20');

  async function ask<T>(path: string, query = ''): Promise<T> {
    const names = [...new URLSearchParams(query).keys()];
    stack.judge.event = `GET ${path}${names.length > 0 ? `?${names.join('&')}` : ''}`;
    for (const [name, value] of Object.entries(values)) path = path.replace(`{${name}}`, value);
    const { status, text } = await stack.ask('GET', path, now, { query });
    expect([status, path, status === 200 ? '' : text]).toEqual([200, path, '']);
    expectNothingRefused();
    return (text.startsWith('{') ? JSON.parse(text) : text) as T;
  }

  const values = { endpointId: ALPHA, connectionId: 'cvpn-connection-0a', slot: '2026-11-20T08:00:00Z', n: '0' };

  it('answers each of its routes', async () => {
    const { paths } = await ask<{ paths: Record<string, object> }>('/openapi.json');
    const routes = Object.entries(paths).filter(([, route]) => 'get' in route);
    expect(routes.length).toBeGreaterThan(10);
    for (const [path] of routes) await ask(path, path === '/snapshots' ? `endpoint=${ALPHA}` : '');
  });

  it('searches by each of the indexes', async () => {
    const day = 'since=2026-11-20T08:00:00Z&until=2026-11-20T12:00:00Z';
    const asked = [
      `endpoint=${ALPHA}&${day}`,
      `user=anna&${day}`,
      `username=anna&${day}`,
      `ip=172.31.0.225&${day}`,
      `ip=2001:db8::b&${day}`,
    ];
    for (const query of asked) {
      const { connections } = await ask<{ connections: unknown[] }>('/connections', query);
      expect(connections).not.toEqual([]);
    }
  });

  it('is answered by a bundle without a client of EC2', () => {
    const folder = dirname(rehearsal.bundleOf(stack.deployment.only('AWS::Lambda::Function', 'AuditTrailQuery')));
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(texts.some((text) => text.includes('client-dynamodb'))).toBe(true);
    expect(texts.filter((text) => /client-ec2|DescribeClientVpnConnectionsCommand/.test(text))).toEqual([]);
  });

  it('signs an export that somebody has made, and notes it', async () => {
    stack.judge.event = 'POST /exports';
    const { status, text } = await stack.ask('POST', '/exports', now, { body: REQUEST });
    expect([status, text]).toEqual([200, expect.stringContaining('"signature"')]);
    expectNothingRefused();
  });
});

describe('with a customer-managed key and a retention', () => {
  beforeAll(async () => {
    stack = await rehearsal.deploy('own-key', rehearsal.synthesize({ encryption: 'customer-managed', retention: 1 }));
  });

  it('records, exports, and answers after the first rows have expired', async () => {
    await expectRecorded('first recording', '20T08:00', { [ALPHA]: [anna, bob] });
    await expectRecorded('steady state', '20T08:05', { [ALPHA]: [anna, bobLeft] });
    await expectRecorded('after the retention', '21T20:00', { [ALPHA]: [] });
    await expectRecorded('after the retention', '22T00:30', { [ALPHA]: [] });
    await expectDaysExported('22T02:00', 1);
    stack.judge.event = 'GET /connections';
    expect(await stack.ask('GET', '/connections', at('22T02:20'))).toMatchObject({ status: 200 });
    expectNothingRefused();
  });
});

describe('with a target in another account', () => {
  const READER = 'arn:aws:iam::111122223333:role/ClientVpnAuditReader';
  const externalId = 'company-4711';

  beforeAll(async () => {
    const template = rehearsal.synthesize({ externalId, targets: [{ roleArn: READER }] });
    const recorder = Object.keys(template.Resources).find((id) => id.startsWith('AuditTrailRecorderRole'));
    const recorderRoleArn = `arn:aws:iam::${ACCOUNT}:role/targets-${recorder}`;
    const other = new Deployment(readerTemplate({ recorderRoleArn, externalId }) as Template, 'reader');
    const roleId = other.only('AWS::IAM::Role', 'Reader');
    const policy: unknown = other.resolve(other.rawProperties(roleId).AssumeRolePolicyDocument);
    const foreign = new Map([[READER, { account: '111122223333', policy }]]);
    const sts = await startSimulatedSts({
      roles: () => [{ roleArn: READER, externalId }],
      caller: recorderRoleArn,
      now: () => new Date(),
    });
    reader = { sts, judge: new Judge(other), roleId };
    stack = await rehearsal.deploy('targets', template, foreign, reader);
  });
  afterAll(() => reader.sts.close());

  it('records it by its role, which may do no more than that takes', async () => {
    const { answer } = await expectRecorded('recording of a target', '20T08:00', { [ALPHA]: [anna, bob] });
    expect(answer).toMatchObject({ connections: 2 });
    await expectSound(ownBucket(), [1]);
    expect(reader.judge.refused).toEqual([]);
  });

  it('is refused by the role to whoever has another external id, or is another', async () => {
    const need = { action: 'sts:AssumeRole', resource: READER };
    const by = (role: string, id: string) =>
      stack.judge.allows(stack.deployment.only('AWS::IAM::Role', `AuditTrail${role}Role`), {
        ...need,
        context: { 'sts:ExternalId': id },
      });
    expect(await by('Recorder', externalId)).toBe(true);
    expect(await by('Recorder', 'guessed')).toBe(false);
    expect(await by('Query', externalId)).toBe(false);
    stack.judge.refused.length = 0;
  });

  it('fails the recording as on AWS, where the recorder may not assume it', async () => {
    await stack.coldStart();
    stack.judge.without = 'AssumeReaders';
    const { error } = await record('without a permission', '20T08:05', { [ALPHA]: [anna] });
    stack.judge.without = undefined;
    expect(error).toMatch(/assume-role \(.*STS answered AccessDenied/);
    expect(stack.judge.refused).not.toEqual([]);
    stack.judge.refused.length = 0;
  });
});

describe('with an archive in another account', () => {
  const ARCHIVE = 'arn:aws:s3:::trail-archive';

  beforeAll(async () => {
    const template = rehearsal.synthesize({ archiveBucketName: 'trail-archive', endpoints: [ALPHA] });
    const bucket = { account: '210987654321', policy: documentedPolicy(), alias: 'ArchiveBucket' };
    const foreign = new Map([[ARCHIVE, bucket]]);
    stack = await rehearsal.deploy('elsewhere', template, foreign);
  });

  /** The policy that the page about deploying gives for the bucket, with the roles of this stack. */
  function documentedPolicy(): unknown {
    const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8');
    const [policy = ''] = [...page.matchAll(/```json\n([^`]*)```/g)].flatMap(([, json = '']) =>
      json.includes('RecorderReads') ? [json] : [],
    );
    const roles = Object.entries(rehearsal.synthesize({}).Resources).filter(
      ([, { Type }]) => Type === 'AWS::IAM::Role',
    );
    const roleOf = (name: string) =>
      `arn:aws:iam::${ACCOUNT}:role/elsewhere-${roles.find(([id]) => id.startsWith(`AuditTrail${name}Role`))?.[0]}`;
    return JSON.parse(
      policy
        .replaceAll('RECORDER_ROLE_ARN', roleOf('Recorder'))
        .replaceAll('EXPORT_ROLE_ARN', roleOf('Export'))
        .replaceAll('VERIFIER_ROLE_ARN', `arn:aws:iam::${ACCOUNT}:role/verifier`)
        .replaceAll('ARCHIVE_BUCKET', 'trail-archive'),
    );
  }

  it('records only what is configured, and exports', async () => {
    await expectRecorded('first recording', '20T08:00', { [ALPHA]: [anna, bob], [BETA]: [emil] });
    await expectRecorded('steady state', '20T08:05', { [ALPHA]: [anna, bobLeft] });
    await expectRecorded('after a gap', '21T00:30', { [ALPHA]: [] });
    await expectDaysExported('21T02:00', 1);
    await expectSound('trail-archive', [3]);
  });

  it('says so where the archive has lost the checkpoint, or hides it', async () => {
    const { objects } = rehearsal.s3;
    const lost = [...objects].filter(([name]) => name.startsWith('trail-archive/checkpoints/'));
    for (const [name] of lost) objects.delete(name);
    const { error } = await record('a checkpoint that is gone', '21T03:00', { [ALPHA]: [] });
    expect(error).toContain('the archive does not hold the checkpoint of 3 entries, or does not let it be read');
    expect(new Set(stack.judge.refused)).toEqual(new Set([expect.stringContaining(`s3:ListBucket on ${ARCHIVE}`)]));
    stack.judge.refused.length = 0;
    for (const [name, bytes] of lost) objects.set(name, bytes);
  });
});

describe('what no policy allows', () => {
  const elsewhere = 'arn:aws:s3:::trail-archive';

  it.each([
    ['Recorder', 'dynamodb:DeleteItem', 'arn:aws:dynamodb:eu-central-1:123456789012:table/Any', {}],
    ['Recorder', 's3:PutObject', `${elsewhere}/checkpoints/a`, {}],
    ['Recorder', 's3:PutObject', `${elsewhere}/exports/a`, { 's3:if-none-match': '*' }],
    ['Recorder', 's3:GetObject', `${elsewhere}/chunks/a`, {}],
    ['Export', 's3:ListBucket', elsewhere, { 's3:prefix': 'checkpoints/' }],
    [
      'Recorder',
      'ec2:DescribeClientVpnConnections',
      `arn:aws:ec2:eu-central-1:123456789012:client-vpn-endpoint/${BETA}`,
      {},
    ],
  ])('is refused: %s, %s on %s with %j', async (role, action, resource, context) => {
    const holder = stack.deployment.only('AWS::IAM::Role', `AuditTrail${role}`);
    expect(await stack.judge.allows(holder, { action, resource, context })).toBe(false);
  });

  it.each([
    ['ReadConnections', /access-denied/],
    ['AppendSnapshots', /AccessDeniedException/],
    ['AppendToArchive', /AccessDenied/],
    ['Sign', /AccessDeniedException/],
  ])('fails the recording as on AWS, where the statement %s is missing', async (sid, expected) => {
    stack.judge.without = sid;
    const { error = '', log } = await record('without a permission', '21T04:00', { [ALPHA]: [anna] });
    stack.judge.without = undefined;
    expect(`${error} ${log}`).toMatch(expected);
    expect(stack.judge.refused).not.toEqual([]);
    stack.judge.refused.length = 0;
  });
});

describe('what the roles may do', () => {
  it('was all needed by an event, or has a reason', () => {
    const needless = [...gatherNeeds([...rehearsal.stacks, reader])]
      .filter(([, { events }]) => events.size === 0)
      .map(([key]) => key);
    expect(needless.sort()).toEqual(Object.keys(REASONS).sort());
  });

  it('stands in docs/permissions.md', async () => {
    await expect(permissionsPage([...rehearsal.stacks, reader], REASONS)).toMatchFileSnapshot(
      '../../docs/permissions.md',
    );
  });
});
