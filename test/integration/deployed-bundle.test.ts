import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Archive } from '../../lambda/archive/s3-archive.ts';
import { AuditTrailStack } from '../../lib/audit-trail-stack.ts';
import { parseConfig } from '../../lib/config.ts';
import { startGuardedDynamoDb } from '../support/dynamodb/guard.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectSoundArchive } from '../support/recording/sound-archive.ts';
import { errorXml, send } from '../support/servers/faulty-ec2.ts';
import { KMS_KEY, type LoopbackKms, sendKmsError, startLoopbackKms } from '../support/servers/loopback-kms.ts';
import { type LoopbackS3, startLoopbackS3 } from '../support/servers/loopback-s3.ts';
import type { LoopbackServer } from '../support/servers/loopback-server.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: {
    Environment?: { Variables: Record<string, unknown> };
    Target: { Input: string };
    Code: { S3Key: string };
  };
}

/** Runs the bundle as Lambda does: imports the handler and invokes it with the event and a context. */
const INVOKE = `
  const [path, event] = process.argv.slice(1);
  const { handler } = await import(path);
  const summary = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 60_000 });
  console.log('ANSWER ' + JSON.stringify(summary));
`;

describe('the bundle that the stack deploys, out of the synthesized assets', () => {
  const assembly = mkdtempSync(join(tmpdir(), 'cvpn-audit-assembly-'));
  let resources: Resource[];
  let bundle: string;
  let trail: RecordedTrail;
  let dynamodb: LoopbackServer;
  let s3: LoopbackS3;
  let kms: LoopbackKms;

  beforeAll(async () => {
    const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
    const app = new App({ outdir: assembly, context, builtinCloudFormationValidation: false });
    const stack = new AuditTrailStack(app, parseConfig({}));
    const { template } = app.synth().getStackByName(stack.stackName);
    resources = Object.values(template.Resources);
    const asset = recorder().Properties.Code.S3Key.replace('.zip', '');
    bundle = join(assembly, `asset.${asset}`, 'index.mjs');
    [trail, s3, kms] = await Promise.all([RecordedTrail.start(), startLoopbackS3(), startLoopbackKms()]);
    dynamodb = await startGuardedDynamoDb(trail.tables.endpoint);
  });
  afterAll(async () => {
    rmSync(assembly, { recursive: true });
    await Promise.all([trail.close(), s3.close(), kms.close(), dynamodb.close()]);
  });

  /** Its environment is the template's, with what CloudFormation would put in for tables, account, bucket and key. */
  async function invoke(slot: Date): Promise<{ stdout: string; stderr: string }> {
    const variables = recorder().Properties.Environment?.Variables ?? {};
    const literal = Object.entries(variables).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    const input = only('AWS::Scheduler::Schedule', ({ Target }) => Target.Input.includes('"slot"')).Properties.Target
      .Input;
    const event = input.replace('<aws.scheduler.scheduled-time>', slot.toISOString().replace('.000Z', 'Z'));
    return promisify(execFile)(process.execPath, ['--input-type=module', '-e', INVOKE, bundle, event], {
      env: {
        ...Object.fromEntries(literal),
        SNAPSHOTS_TABLE: trail.options.SNAPSHOTS_TABLE,
        CONNECTIONS_TABLE: trail.options.CONNECTIONS_TABLE,
        ACCOUNT_ID: '123456789012',
        ARCHIVE_BUCKET: 'evidence',
        SIGNING_KEY: KMS_KEY,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_ENDPOINT_URL_EC2: trail.ec2.url,
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
        AWS_ENDPOINT_URL_S3: s3.url,
        AWS_ENDPOINT_URL_KMS: kms.url,
      },
    });
  }

  /** The function with the recorder's environment. */
  function recorder(): Resource {
    return only('AWS::Lambda::Function', ({ Environment }) => 'ENDPOINTS' in (Environment?.Variables ?? {}));
  }

  function only(type: string, isWanted: (properties: Resource['Properties']) => boolean = () => true): Resource {
    const [resource, ...more] = resources.filter(({ Type, Properties }) => Type === type && isWanted(Properties));
    if (!resource || more.length > 0) throw new Error(`expected one ${type}`);
    return resource;
  }

  it('records at the scheduler’s event, and logs and counts what it did', async () => {
    trail.rows = { [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:55:00')] };
    const { stdout } = await invoke(trail.now);
    const answer = JSON.parse(stdout.split('ANSWER ')[1] ?? '');
    expect(answer).toMatchObject({
      slot: '2026-11-20T08:00:00Z',
      connections: 1,
      opened: 1,
      ended: 0,
      unparsed: 0,
      failures: [],
    });
    expect(await trail.connection('cvpn-connection-0a')).toMatchObject({ status: 'active', accountId: '123456789012' });
    const logged = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(logged).toContainEqual(
      expect.objectContaining({ message: 'endpoint', endpointId: ALPHA, outcome: 'committed' }),
    );
    expect(logged).toContainEqual(
      expect.objectContaining({
        SnapshotsCommitted: 1,
        Connections: 1,
        Failures: 0,
        UnparsedRows: 0,
        Anomalies: 0,
        service: 'recorder',
      }),
    );
  });

  /** What the function put into the bucket, as another client reads it. */
  function archive(): S3Archive {
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    return new S3Archive(new S3Client({ endpoint: s3.url, region: 'eu-central-1', credentials }), 'evidence');
  }

  it('archives the entry, and a checkpoint that KMS has signed', async () => {
    expect(await expectSoundArchive(trail.log, archive())).toEqual([1]);
    const folders = new Set(s3.objects.keys().map((key) => key.split('/')[1]));
    expect(folders).toEqual(new Set(['checkpoints', 'chunks', 'keys', 'manifests']));
    expect(kms.requests.map(({ operation }) => operation).sort()).toEqual(['GetPublicKey', 'Sign']);
  });

  it('fails loudly when KMS refuses, with the snapshot recorded all the same, and mends it with the next run', async () => {
    trail.now = new Date('2026-11-20T08:05:00Z');
    kms.fault = (_, response) => {
      sendKmsError(response, 400, 'AccessDeniedException');
      return true;
    };
    const error = await invoke(trail.now).catch((reason: unknown) => reason as { stdout: string; stderr: string });
    expect(error.stderr).toContain(`${ALPHA}: checkpoint (the checkpoint could not be signed or archived`);
    expect(error.stderr).toContain('AccessDeniedException');
    expect(await trail.manifests()).toHaveLength(2);
    kms.fault = () => false;
    trail.now = new Date('2026-11-20T08:10:00Z');
    await invoke(trail.now);
    expect(await expectSoundArchive(trail.log, archive())).toEqual([3]);
  });

  it('fails loudly when an endpoint was not recorded, and counts why', async () => {
    trail.now = new Date('2026-11-20T08:15:00Z');
    trail.ec2.fault = ({ action }, response) => {
      if (action === 'DescribeClientVpnEndpoints') return false;
      send(response, trail.now, { status: 403, xml: errorXml('UnauthorizedOperation') });
      return true;
    };
    const error = await invoke(trail.now).catch((reason: unknown) => reason as { stdout: string; stderr: string });
    expect(error.stderr).toContain(
      `RecordingIncomplete: the recording of 2026-11-20T08:15:00Z is incomplete: ${ALPHA}: access-denied`,
    );
    expect(error.stdout).toContain('"reason":"access-denied"');
    expect(error.stdout).toContain('"Failures":1');
    trail.ec2.fault = () => false;
  });
});
