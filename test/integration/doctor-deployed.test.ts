import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../support/command/asked-api.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import type { AwsServices } from '../support/servers/aws-services.ts';
import { type DeploymentState, healthyDeployment, startDeployedTrail } from '../support/servers/deployed-trail.ts';

let trail: RecordedTrail;
let aws: AwsServices;
let state: DeploymentState;
let key: string;
let now: Date;

const ALICE = activeRow('cvpn-connection-0a', '2026-11-20 07:00:00');
const BOB = activeRow('cvpn-connection-0b', '2026-11-20 08:21:00');
/**
 * What AWS counts in each five minutes: Bob a little before he came and after he had gone, which epsilon allows for. What it counts
 * later than the newest snapshot tells (09:00) is no matter.
 */
const FIGURES = new Map([
  ['2026-11-20T08:10:00Z', 1],
  ['2026-11-20T08:15:00Z', 2],
  ['2026-11-20T08:25:00Z', 2],
  ['2026-11-20T08:30:00Z', 2],
  ['2026-11-20T08:40:00Z', 2],
  ['2026-11-20T08:45:00Z', 1],
  ['2026-11-20T08:55:00Z', 99],
  ['2026-11-20T09:00:00Z', 99],
]);

beforeAll(async () => {
  trail = await RecordedTrail.start();
  trail.rows = { [ALPHA]: [ALICE] };
  await trail.recordTimes(4);
  trail.rows = { [ALPHA]: [ALICE, BOB] };
  await trail.recordTimes(3);
  trail.rows = { [ALPHA]: [ALICE, endedRow(BOB, '2026-11-20 08:39:00')] };
  await trail.recordTimes(5);
  await trail.log.putDescription(ALPHA, { connectionLogOptions: { Enabled: 'true' } });
  key = Buffer.from(await trail.signer.publicKey()).toString('base64');
  aws = await startDeployedTrail(trail, () => state);
  const env = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    HOME: '/nonexistent',
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([trail.close(), aws.close()]);
});
beforeEach(() => {
  state = { ...healthyDeployment(), figures: FIGURES };
  now = new Date(trail.now.getTime() + 60_000);
  aws.date = now;
  aws.denied.clear();
});

interface Report {
  readonly verdict: string;
  readonly findings: readonly { check: string; severity: string; subject: string; what: string }[];
  readonly notChecked: readonly { check: string; subject?: string; why: string }[];
  readonly fine: readonly string[];
}

async function examine(keys = ['--key', key]) {
  const words = ['doctor', '--stack', 'Trail', '--region', 'eu-central-1', ...keys, '--output', 'json'];
  const { code, out, said } = await ask('', words, { time: { now: () => now } });
  return { code, said, report: JSON.parse(out) as Report };
}

/** The only finding. */
async function only() {
  const { code, report } = await examine();
  const [first, ...others] = report.findings;
  expect({ code, others, notChecked: report.notChecked }).toEqual({ code: 3, others: [], notChecked: [] });
  return first;
}

describe('doctor of a healthy deployment', () => {
  it('finds nothing, also of what else the stack has, names every check as fine, and exits 0', async () => {
    const { code, report } = await examine();
    expect(report).toMatchObject({ findings: [], notChecked: [], verdict: 'healthy' });
    expect(report.fine).toHaveLength(19);
    expect(code).toBe(0);
  });

  it('needs the actions that docs/operating.md names, and no other', async () => {
    aws.asked.clear();
    await examine();
    expect([...aws.asked].sort()).toEqual(ACTIONS);
  });
});

/** What a caller must be allowed, by the policy on the page. */
const ACTIONS = policyOf(readFileSync(join(import.meta.dirname, '../../docs/operating.md'), 'utf8')).sort();

function policyOf(page: string): string[] {
  const [, json = ''] = /```json\n(\{\n {2}"Version"[^`]*)```/.exec(page) ?? [];
  const { Statement } = JSON.parse(json) as { Statement: readonly { Action: readonly string[] }[] };
  return Statement.flatMap(({ Action }) => Action);
}

describe('doctor finds, and exits 3:', () => {
  it.each<[check: string, broken: Partial<DeploymentState>, what: RegExp]>([
    [
      'schedule',
      {
        schedules: [
          { Name: 'record', State: 'DISABLED' },
          { Name: 'export', State: 'ENABLED' },
        ],
      },
      /is off/,
    ],
    ['schedule', { schedules: [{ Name: 'record', State: 'ENABLED' }] }, /is gone/],
    ['queues', { messages: 2 }, /2 messages in it/],
    ['alarms', { alarm: { AlarmName: 'NotInvoked', StateValue: 'ALARM', ActionsEnabled: true } }, /in alarm/],
    ['alarms', { alarm: { AlarmName: 'NotInvoked', StateValue: 'OK', ActionsEnabled: false } }, /actions are disabled/],
    ['alarms', { alarm: { AlarmName: 'Another' } }, /is gone/],
    ['alarm-subscribers', { subscriptions: [] }, /nobody has subscribed/],
    ['alarm-subscribers', { subscriptions: ['PendingConfirmation'] }, /nobody has confirmed .*1 wait/],
    ['archive-lock', { lock: ' ' }, /has no lock/],
    ['archive-lock', { lock: '' }, /has no lock/],
    [
      'reconciliation',
      { figures: new Map([...FIGURES].map(([time, figure]) => [time, figure + 1])) },
      /6 of 6 figures/,
    ],
  ])('%s', async (check, broken, what) => {
    state = { ...state, ...broken };
    expect(await only()).toMatchObject({ check, what: expect.stringMatching(what) });
  });

  it.each<[check: string, broken: Partial<DeploymentState>, what: RegExp]>([
    ['point-in-time-recovery', { recovery: 'DISABLED' }, /is off/],
    ['deletion-protection', { protection: false }, /is off/],
    ['time-to-live', { timeToLive: { TimeToLiveStatus: 'DISABLED' } }, /retention is 90 days/],
    ['time-to-live', { timeToLive: { TimeToLiveStatus: 'ENABLED', AttributeName: 'other' } }, /attribute "other"/],
    ['versions', { environment: { ...healthyDeployment().environment, AUDIT_VERSION: '0.0.9' } }, /version 0\.0\.9/],
    ['versions', { environment: { ...healthyDeployment().environment, AUDIT_VERSION: '99.0.0' } }, /version 99\.0\.0/],
    ['versions', { environment: { INTERVAL_MINUTES: '5', RETENTION: '90' } }, /version unknown/],
  ])('%s, of each table or function', async (check, broken, what) => {
    state = { ...state, ...broken };
    const { code, report } = await examine();
    const expected = { check, what: expect.stringMatching(what) };
    expect(report.findings).toEqual([1, 2, 3].map(() => expect.objectContaining(expected)));
    expect(code).toBe(3);
  });

  it('an endpoint that exists and is not recorded', async () => {
    trail.rows[BETA] = [];
    const finding = await only().finally(() => delete trail.rows[BETA]);
    expect(finding).toMatchObject({ check: 'endpoints-recorded', severity: 'urgent', subject: BETA });
  });

  it('connection logging that is off', async () => {
    await trail.log.putDescription(ALPHA, { connectionLogOptions: { Enabled: 'false' } });
    const finding = await only();
    await trail.log.putDescription(ALPHA, { connectionLogOptions: { Enabled: 'true' } });
    expect(finding).toMatchObject({ check: 'connection-logging', what: expect.stringContaining('EC2.51') });
  });

  it("a clock that is not AWS's", async () => {
    aws.date = new Date(now.getTime() + 600_000);
    expect(await only()).toMatchObject({ check: 'clock', what: "its clock is 10m 0s behind AWS's." });
  });

  it('a newest snapshot that is older than two intervals, and by then a gap that goes on', async () => {
    now = new Date(trail.now.getTime() + 2 * 3_600_000);
    aws.date = now;
    const { report } = await examine();
    expect(report.findings.map(({ check, severity }) => [check, severity])).toEqual([
      ['snapshot-age', 'urgent'],
      ['gaps', 'urgent'],
    ]);
    expect(report.findings[0]?.what).toContain('2h 0m old');
  });

  it('a key that was not kept, and one that is another', async () => {
    const { code, report } = await examine([]);
    expect(report.findings).toMatchObject([{ check: 'public-key', severity: 'advice', subject: key }]);
    expect(code).toBe(3);
    const other = Buffer.alloc(32, 1).toString('base64');
    expect((await examine(['--key', other])).report.findings).toMatchObject([
      { check: 'public-key', severity: 'urgent', subject: key },
    ]);
  });
});

describe('doctor for people', () => {
  it('says what is urgent first, what it means and what to do, then what was not checked, and what is fine', async () => {
    state.schedules = [{ Name: 'export', State: 'ENABLED' }];
    aws.denied.add('s3:GetBucketObjectLockConfiguration');
    const words = 'doctor --stack Trail --region eu-central-1 --output table';
    const { code, terminal } = await ask('', words, { time: { now: () => now } });
    expect(terminal.lines).toEqual([
      'URGENT  schedule: record: the schedule is gone.',
      expect.stringMatching(/^ +means: Nothing is recorded by it/),
      expect.stringMatching(/^ +to do: Deploy the stack again/),
      expect.stringMatching(/^advice {2}public-key: \S+=: the key that signs was not named/),
      expect.stringMatching(/^ +means: /),
      expect.stringMatching(/^ +to do: /),
      'not checked: archive-lock: needs s3:GetBucketObjectLockConfiguration',
      expect.stringMatching(/^fine: endpoints-recorded, snapshot-age, /),
      'Examined the stack Trail in eu-central-1: 2 findings; 1 not checked.',
    ]);
    expect(code).toBe(3);
  });
});

describe('what doctor could not check', () => {
  it.each([
    ['cloudwatch:DescribeAlarms', ['alarms']],
    ['cloudwatch:GetMetricData', ['reconciliation']],
    ['dynamodb:DescribeContinuousBackups', ['point-in-time-recovery']],
    ['dynamodb:DescribeTable', ['deletion-protection']],
    ['dynamodb:DescribeTimeToLive', ['time-to-live']],
    ['ec2:DescribeClientVpnEndpoints', ['endpoints-recorded']],
    ['s3:GetBucketObjectLockConfiguration', ['archive-lock']],
    ['scheduler:ListSchedules', ['endpoints-recorded', 'schedule']],
    ['scheduler:GetSchedule', ['endpoints-recorded']],
    ['sns:ListSubscriptionsByTopic', ['alarm-subscribers']],
    ['sqs:GetQueueAttributes', ['queues']],
    ['cloudformation:ListStackResources', ['endpoints-recorded', 'schedule', 'queues', 'alarms']],
    ['lambda:GetFunctionConfiguration', ['endpoints-recorded', 'versions', 'reconciliation', 'time-to-live']],
  ])('for want of %s is named, and not fine', async (action, checks) => {
    aws.denied.add(action);
    const { code, report } = await examine();
    expect(report.notChecked.map(({ check }) => check)).toEqual(checks);
    for (const { why } of report.notChecked) expect(why).toContain(action);
    expect(report.fine.filter((name) => checks.includes(name))).toEqual([]);
    expect({ code, verdict: report.verdict }).toEqual({ code: 0, verdict: 'nothing-found' });
  });

  it('is said of each other target, also of one that nothing is recorded of', async () => {
    state.event = { slot: 'S', target: { account: '111122223333', region: 'us-east-1', roleArn: 'R' } };
    const { report } = await examine();
    expect(report.notChecked).toEqual([
      {
        check: 'endpoints-recorded',
        subject: 'endpoints of account 111122223333 in us-east-1',
        why: 'ask with credentials of that account in that Region',
      },
    ]);
  });

  it('is said of figures that CloudWatch does not have', async () => {
    state.figures = new Map();
    const { report } = await examine();
    expect(report.notChecked).toMatchObject([{ check: 'reconciliation', subject: ALPHA }]);
  });

  it('lets no other check be left out where one fails in another way', async () => {
    aws.answers.delete('sqs:GetQueueAttributes');
    const { report } = await examine();
    expect(report.notChecked).toMatchObject([{ check: 'queues', why: expect.stringContaining('NotImplemented') }]);
    expect(report.fine).toHaveLength(18);
  });
});

describe('after two hours without a snapshot', () => {
  beforeAll(async () => {
    trail.ec2.fault = ({ refuse }) => refuse('UnauthorizedOperation');
    await trail.recordAfter(60);
    trail.ec2.fault = () => false;
    trail.rows = { [ALPHA]: [ALICE] };
    await trail.recordAfter(60);
    await trail.recordAfter(5);
    await trail.log.putDescription(ALPHA, { connectionLogOptions: { Enabled: 'true' } });
  });
  /** Figures of every five minutes of the last two hours: right where the newest snapshot speaks of it, which goes back 56 minutes. */
  const figures = (provenFigure: number) => {
    const newest = Math.floor(trail.now.getTime() / 300_000);
    const all = Array.from({ length: 24 }, (_, steps) => {
      const time = new Date((newest - steps) * 300_000).toISOString().replace('.000Z', 'Z');
      return [time, steps <= 11 ? provenFigure : 99] as const;
    });
    return new Map(all);
  };

  it('tells of the gap that has ended, and of the failures by their reason', async () => {
    state.figures = figures(1);
    const { report } = await examine();
    expect(report.findings.map(({ check, severity, subject }) => [check, severity, subject])).toEqual([
      ['gaps', 'advice', ALPHA],
      ['failures', 'advice', expect.stringMatching(/^the list of endpoints .*in eu-central-1$/)],
      ['failures', 'advice', ALPHA],
    ]);
    expect(report.findings[0]?.what).toMatch(/^1 gap in the last 24 hours \(.*access-denied/);
    expect(report.fine).toContain('reconciliation');
  });

  it('compares no figure of the time that is not proven', async () => {
    state.figures = figures(2);
    const { report } = await examine();
    const [finding] = report.findings.filter(({ check }) => check === 'reconciliation');
    expect(finding?.what).toMatch(/: 2 at .* where the trail has 1 to 1; (1\d) of \1 figures differ\.$/);
  });
});

describe('an endpoint that is no longer configured', () => {
  it('is found where it exists, and its log, which is closed, is no gap of today', async () => {
    trail.rows = { [ALPHA]: [ALICE], [BETA]: [] };
    await trail.recordAfter(24 * 60);
    trail.options = { ...trail.options, ENDPOINTS: [ALPHA] };
    await trail.recordAfter(5);
    now = new Date(trail.now.getTime() + 60_000);
    const { report } = await examine();
    const found = report.findings.filter(({ subject }) => subject === BETA);
    expect(found.map(({ check }) => check)).toEqual(['endpoints-recorded']);
  });
});
