import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditTrailStack } from '../../lib/audit-trail-stack.ts';
import { parseConfig } from '../../lib/config.ts';
import { errorXml, send } from '../support/faulty-ec2.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recorded-trail.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: {
    Environment: { Variables: Record<string, unknown> };
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

  beforeAll(async () => {
    const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
    const app = new App({ outdir: assembly, context, builtinCloudFormationValidation: false });
    const stack = new AuditTrailStack(app, parseConfig({}));
    const { template } = app.synth().getStackByName(stack.stackName);
    resources = Object.values(template.Resources);
    const asset = recorder().Properties.Code.S3Key.replace('.zip', '');
    bundle = join(assembly, `asset.${asset}`, 'index.mjs');
    trail = await RecordedTrail.start();
  });
  afterAll(async () => {
    rmSync(assembly, { recursive: true });
    await trail.close();
  });

  /** Its environment is the template's, with what CloudFormation would put in for the tables and the account. */
  async function invoke(slot: Date): Promise<{ stdout: string; stderr: string }> {
    const variables = recorder().Properties.Environment.Variables;
    const literal = Object.entries(variables).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    const input = only('AWS::Scheduler::Schedule').Properties.Target.Input;
    const event = input.replace('<aws.scheduler.scheduled-time>', slot.toISOString().replace('.000Z', 'Z'));
    return promisify(execFile)(process.execPath, ['--input-type=module', '-e', INVOKE, bundle, event], {
      env: {
        ...Object.fromEntries(literal),
        SNAPSHOTS_TABLE: trail.options.SNAPSHOTS_TABLE,
        CONNECTIONS_TABLE: trail.options.CONNECTIONS_TABLE,
        ACCOUNT_ID: '123456789012',
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_ENDPOINT_URL_EC2: trail.ec2.url,
        AWS_ENDPOINT_URL_DYNAMODB: trail.tables.endpoint,
      },
    });
  }

  /** The function with the recorder's environment. */
  function recorder(): Resource {
    return only('AWS::Lambda::Function', ({ Environment }) => 'ENDPOINTS' in Environment.Variables);
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

  it('fails loudly when an endpoint was not recorded, and counts why', async () => {
    trail.now = new Date('2026-11-20T08:05:00Z');
    trail.ec2.fault = ({ action }, response) => {
      if (action === 'DescribeClientVpnEndpoints') return false;
      send(response, trail.now, { status: 403, xml: errorXml('UnauthorizedOperation') });
      return true;
    };
    const error = await invoke(trail.now).catch((reason: unknown) => reason as { stdout: string; stderr: string });
    expect(error.stderr).toContain(
      `RecordingIncomplete: the recording of 2026-11-20T08:05:00Z is incomplete: ${ALPHA}: access-denied`,
    );
    expect(error.stdout).toContain('"reason":"access-denied"');
    expect(error.stdout).toContain('"Failures":1');
    trail.ec2.fault = () => false;
  });
});
