import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseSavedAnswer } from '../../local/simulated-client-vpn/saved-answer.ts';
import { type SimulatedClientVpn, startSimulatedClientVpn } from '../../local/simulated-client-vpn/server.ts';
import { ask } from '../support/command/asked-api.ts';
import { runHere } from '../support/command/run-here.ts';
import { startAwsServices } from '../support/servers/aws-services.ts';

const FIRST = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
const SECOND = 'cvpn-endpoint-0bbbbbbbbbbbbbbbb';
const savedAnswer = (endpointId: string) =>
  JSON.stringify({
    Connections: [
      {
        ClientVpnEndpointId: endpointId,
        Timestamp: '2026-11-20 08:00:00',
        ConnectionId: `cvpn-connection-${endpointId.slice(-17)}`,
        ConnectionEstablishedTime: '2026-11-20 07:00:00',
        IngressBytes: '1',
        EgressBytes: '1',
        IngressPackets: '1',
        EgressPackets: '1',
        ClientIp: '10.0.0.5',
        CommonName: 'alice.example.com',
        Status: { Code: 'active' },
        ConnectionEndTime: '-',
      },
    ],
  });

let folder: string;
let data: string;
let ec2: SimulatedClientVpn;
let env: NodeJS.ProcessEnv;
const worlds = (ids: readonly string[]) => ids.map((id) => parseSavedAnswer(savedAnswer(id), 'saved.json'));
let exists = worlds([FIRST]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  data = join(folder, 'data');
  const world = {
    endpoints: (now: Date) => exists.flatMap((one) => one.endpoints(now)),
    connections: (id: string, now: Date) => exists.flatMap((one) => one.connections(id, now)),
  };
  ec2 = await startSimulatedClientVpn({ world, now: () => new Date() });
  env = { AWS_ENDPOINT_URL_EC2: ec2.url };
  const { code, err } = await runHere(['record', '--data', data], env);
  if (code !== 0) throw new Error(err);
});
afterAll(async () => {
  await ec2.close();
  rmSync(folder, { recursive: true });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Report {
  readonly findings: readonly { check: string; severity: string; subject: string; what: string }[];
  readonly notChecked: readonly { check: string; why: string }[];
  readonly fine: readonly string[];
}

const DOWN = { AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' };

/** Examines the trail so many minutes from now. */
async function examine(minutes = 0, ...words: string[]) {
  const now = () => new Date(Date.now() + minutes * 60_000);
  // Clients of the SDK read the process's.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const { code, out, said } = await ask('', ['doctor', '--data', data, ...words], { time: { now }, env });
  return { code, said, report: (out === '' ? {} : JSON.parse(out)) as Report };
}

const names = ({ report }: { report: Report }) => report.findings.map(({ check }) => check);

describe('doctor of a trail on this machine', () => {
  it('asks for the key, and finds no more than that logging is off', async () => {
    const found = await examine();
    expect(names(found)).toEqual(['public-key', 'connection-logging']);
    expect(found.report.fine).toEqual([
      'endpoints-recorded',
      'snapshot-age',
      'gaps',
      'failures',
      'projection',
      'signatures',
      'clock',
      'versions',
    ]);
    expect(found.code).toBe(3);
  });

  it('names what there is only in AWS as not checked', async () => {
    const { report } = await examine();
    expect(report.notChecked.map(({ check }) => check)).toEqual([
      'reconciliation',
      'schedule',
      'queues',
      'alarms',
      'alarm-subscribers',
      'point-in-time-recovery',
      'deletion-protection',
      'time-to-live',
      'archive-lock',
    ]);
  });

  it('looks at the lock of an archive that is a bucket', async () => {
    const aws = await startAwsServices();
    aws.answers.set('s3:GetBucketObjectLockConfiguration', () => ({ error: 'ObjectLockConfigurationNotFoundError' }));
    const identity = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
    for (const [name, value] of Object.entries({ ...identity, AWS_ENDPOINT_URL_S3: aws.url })) vi.stubEnv(name, value);
    const { report } = await examine(0, '--archive', 's3://evidence');
    await aws.close();
    expect(report.findings.at(-1)).toMatchObject({ check: 'archive-lock', subject: 'evidence' });
  });

  it('takes the key that was kept, and refuses what is none', async () => {
    const [key] = (await examine()).report.findings;
    expect(names(await examine(0, '--key', key?.subject ?? ''))).toEqual(['connection-logging']);
    const { code, said } = await examine(0, '--key', 'none');
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining("--key was given 'none'") });
  });

  it('finds an endpoint that is not recorded', async () => {
    exists = worlds([FIRST, SECOND]);
    const { report } = await examine();
    exists = worlds([FIRST]);
    expect(report.findings[0]).toMatchObject({ check: 'endpoints-recorded', subject: SECOND });
  });

  it('finds a newest snapshot that is too old, and the gap that begins', async () => {
    expect(names(await examine(14))).not.toContain('snapshot-age');
    expect(names(await examine(16))).toContain('snapshot-age');
    expect(names(await examine(120))).toEqual(expect.arrayContaining(['snapshot-age', 'gaps']));
  });

  it('tells of the failures of the last day by their reason, and of no earlier ones', async () => {
    expect((await runHere(['record', '--data', data], DOWN)).code).toBe(1);
    const { report } = await examine();
    // The endpoint has failed as well, unless both recordings were in one second, and so of one slot.
    const [first] = report.findings.filter(({ check }) => check === 'failures');
    expect(first).toMatchObject({
      subject: expect.stringMatching(/^the list of endpoints .*in /),
      severity: 'urgent',
      what: expect.stringMatching(/^1 failure "endpoint-list" .*ECONNREFUSED/),
    });
    expect(names(await examine(25 * 60))).not.toContain('failures');
  });

  it('cannot ask for endpoints where AWS is not there, and says so', async () => {
    const there = env;
    env = DOWN;
    const { report } = await examine();
    env = there;
    expect(report.notChecked[0]).toMatchObject({ check: 'endpoints-recorded', why: expect.stringContaining('ECONN') });
  });

  it('fails where there is no trail, and says how to name one', async () => {
    const { code, terminal } = await ask('', ['doctor', '--data', join(folder, 'nothing')]);
    expect(code).toBe(1);
    expect(terminal.notices.join()).toMatch(/There is no trail in .*nothing.* --data DIR, .* --stack NAME/);
  });
});
