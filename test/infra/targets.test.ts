import { describe, expect, it } from 'vitest';
import { queryEnvironment } from '../../lambda/query/env.ts';
import { targetShape } from '../../lambda/recorder/target.ts';
import { readerTemplate } from '../../lib/reader-template.ts';
import {
  alarmOf,
  alarmsOf,
  allowances,
  environmentOf,
  plain,
  propertiesOf,
  type Resource,
  readable,
  resourceOf,
  resourcesOf,
  templateOf,
} from './synthesized.ts';

const roleArn = (account: string) => `arn:aws:iam::${account}:role/ClientVpnAuditReader`;
type Properties = Resource['Properties'];
const OWN = 'cvpn-endpoint-0123456789abcdef0';
const THREE = {
  region: 'eu-central-1',
  externalId: 'company-4711',
  targets: [
    { endpoints: [OWN] },
    { region: 'us-east-1' },
    { account: '111122223333', region: 'us-east-1', roleArn: roleArn('111122223333') },
  ],
};
const FIFTY = {
  externalId: 'company-4711',
  targets: Array.from({ length: 50 }, (_, index) => ({
    region: 'us-east-1',
    roleArn: `arn:aws:iam::${100_000_000_000 + index}:role/${'a-long-path/'.repeat(10)}ClientVpnAuditReader`,
  })),
};

const recorderPolicies = (config: Readonly<Record<string, unknown>>) =>
  Object.entries(resourcesOf('AWS::IAM::ManagedPolicy', config))
    .filter(([id]) => id.startsWith('AuditTrailRecorder'))
    .map(([, { Properties }]) => allowances(Properties.PolicyDocument).map(plain));

describe('a trail with targets', () => {
  const schedules = propertiesOf('AWS::Scheduler::Schedule', THREE).filter(({ Target }) =>
    readable(Target.Arn).includes('Recorder'),
  );

  it('has a schedule for each, in one group and of one role', () => {
    expect(schedules).toHaveLength(3);
    for (const member of ['GroupName', 'ScheduleExpression'] as const) {
      expect(new Set(schedules.map((one) => JSON.stringify(one[member]))).size).toBe(1);
    }
    expect(new Set(schedules.map(({ Target }) => plain(Target.RoleArn)))).toEqual(new Set(['{ScheduleRole.Arn}']));
  });

  it('sends each its target, as the recorder reads it', () => {
    const events = schedules.map(({ Target }) => {
      const text = readable(Target.Input)
        .replaceAll('{AWS::AccountId}', '123456789012')
        .replace('<aws.scheduler.scheduled-time>', '2026-11-27T08:00:00Z');
      return targetShape.parse((JSON.parse(text) as { readonly target: unknown }).target);
    });
    expect(events).toEqual([
      { account: '123456789012', region: 'eu-central-1', endpoints: [OWN] },
      { account: '123456789012', region: 'us-east-1' },
      { account: '111122223333', region: 'us-east-1', roleArn: roleArn('111122223333') },
    ]);
    expect(environmentOf('Recorder', THREE).EXTERNAL_ID).toBe('company-4711');
  });

  it('sends the account that a target names, where nobody knows yet which one the stack will be in', () => {
    const [schedule] = propertiesOf('AWS::Scheduler::Schedule', {
      targets: [{ account: '111122223333', region: 'us-east-1' }],
    }).filter(({ Target }) => readable(Target.Arn).includes('Recorder'));
    expect(readable(schedule?.Target.Input)).toContain('"target":{"account":"111122223333","region":"us-east-1"}');
  });

  it('tells those who answer which there are, and without targets nobody', () => {
    const names = '{AWS::AccountId}/eu-central-1,{AWS::AccountId}/us-east-1,111122223333/us-east-1';
    for (const reader of ['Query', 'Export']) {
      expect(readable(environmentOf(reader, THREE).TARGETS)).toBe(names);
      expect(environmentOf(reader)).not.toHaveProperty('TARGETS');
    }
    const read = (TARGETS: string) => queryEnvironment.shape.TARGETS.parse(TARGETS);
    const [own, ...others] = read(names.replaceAll('{AWS::AccountId}', '123456789012')) ?? [];
    expect(own).toEqual({ accountId: '123456789012', region: 'eu-central-1' });
    expect(others).toHaveLength(2);
    expect(() => read('eu-central-1')).toThrow('expected names like 111122223333/eu-west-1');
  });

  it('lets the recorder assume exactly those roles, and read with its own what has none', () => {
    const lines = recorderPolicies(THREE).flat();
    expect(lines.filter((line) => line.includes('sts:'))).toEqual([
      `Allow sts:AssumeRole on ${roleArn('111122223333')}`,
    ]);
    const endpoints = (region: string) =>
      `Allow ec2:DescribeClientVpnConnections on arn:aws:ec2:${region}:{AWS::AccountId}:client-vpn-endpoint`;
    expect(lines.filter((line) => line.includes('ec2:'))).toEqual([
      `${endpoints('eu-central-1')}/${OWN}`,
      `${endpoints('us-east-1')}/*`,
      'Allow ec2:DescribeClientVpnEndpoints on *',
    ]);
  });

  it('has no permission of its own on EC2 where each target has a role, and none on STS without targets', () => {
    const roles = { ...THREE, targets: THREE.targets.slice(2) };
    expect(recorderPolicies(roles).flat().join('\n')).not.toContain('ec2:');
    expect(recorderPolicies({}).flat().join('\n')).not.toContain('sts:');
  });

  it('has an alarm about the oldest snapshot of each, which names it', () => {
    const tooOld = Object.entries(alarmsOf(THREE)).filter(([name]) => name.startsWith('SnapshotTooOld'));
    const names = tooOld.map(([, { Dimensions, AlarmDescription, OKActions }]) => {
      const [service, target] = Dimensions;
      const name = readable(target.Value);
      expect(service).toEqual({ Name: 'service', Value: 'recorder' });
      expect(target.Name).toBe('target');
      expect(readable(AlarmDescription)).toContain(`An endpoint of ${name} has had no snapshot`);
      expect(OKActions).toHaveLength(1);
      return name;
    });
    expect(names).toEqual(['{AWS::AccountId}/eu-central-1', '{AWS::AccountId}/us-east-1', '111122223333/us-east-1']);
    expect(alarmOf('RowsUnparsed', THREE).Dimensions).toEqual(alarmOf('RowsUnparsed').Dimensions);
  });

  it('keeps the logical ids of targets, wherever in the list they stand', () => {
    const ids = (config: typeof THREE) => new Set(Object.keys(templateOf(config).toJSON().Resources as object));
    expect(ids({ ...THREE, targets: THREE.targets.toReversed() })).toEqual(ids(THREE));
  });

  it('may have fifty, whose roles do not fit into one policy', () => {
    expect(Object.keys(templateOf(FIFTY).toJSON().Resources as object).length).toBeLessThan(500);
    const policies = recorderPolicies(FIFTY).filter((lines) => lines.some((line) => line.includes('sts:')));
    expect(policies.flat()).toHaveLength(50);
    for (const policy of policies)
      expect(policy.map((line) => line.split(' on ')[1]).join('').length).toBeLessThan(5500);
    const [first, ...others] = policies;
    expect(first?.length).toBeGreaterThan(10);
    expect(others.length).toBeGreaterThan(0);
    const role = resourceOf('AWS::IAM::Role', 'AuditTrailRecorderRole', FIFTY);
    expect(role.Properties.ManagedPolicyArns).toHaveLength(1 + policies.length);
  });
});

describe('what other accounts deploy', () => {
  const template = readerTemplate() as {
    readonly Parameters: Record<string, { readonly AllowedPattern: string; readonly Default?: string }>;
    readonly Resources: Record<string, { readonly Type: string; readonly Properties: Properties }>;
  };
  const propertiesOfType = (type: string): Properties =>
    Object.values(template.Resources).find(({ Type }) => Type === `AWS::IAM::${type}`)?.Properties ?? {};

  it('is a role and its policy and nothing else, with parameters, for a StackSet', () => {
    expect(Object.values(template.Resources).map(({ Type }) => Type)).toEqual([
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::Role',
    ]);
    expect(Object.keys(template.Parameters)).toEqual(['RecorderRoleArn', 'ExternalId', 'RoleName']);
    expect(template.Parameters.RoleName?.Default).toBe('ClientVpnAuditReader');
    expect(propertiesOfType('Role').RoleName).toEqual({ Ref: 'RoleName' });
    const takes = (text: string) => new RegExp(template.Parameters.RecorderRoleArn?.AllowedPattern ?? '').test(text);
    expect(takes('arn:aws:iam::123456789012:role/ClientVpnAudit-Recorder-1')).toBe(true);
    expect(takes('arn:aws:iam::123456789012:root')).toBe(false);
    expect(takes('arn:aws:iam::123456789012:role/*')).toBe(false);
  });

  it('allows the two calls and no other', () => {
    expect(allowances(propertiesOfType('ManagedPolicy').PolicyDocument)).toEqual([
      'Allow ec2:DescribeClientVpnConnections on arn:{AWS::Partition}:ec2:*:{AWS::AccountId}:client-vpn-endpoint/*',
      'Allow ec2:DescribeClientVpnEndpoints on *',
    ]);
    expect(propertiesOfType('Role').ManagedPolicyArns).toHaveLength(1);
    expect(propertiesOfType('Role').Policies).toBeUndefined();
  });

  it('is for the one recorder, with the external id', () => {
    const { Statement } = propertiesOfType('Role').AssumeRolePolicyDocument;
    expect(Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: expect.anything() },
        Condition: {
          StringEquals: { 'aws:PrincipalArn': { Ref: 'RecorderRoleArn' }, 'sts:ExternalId': { Ref: 'ExternalId' } },
        },
      },
    ]);
    expect(readable(Statement[0].Principal.AWS)).toMatch(/^arn:\{AWS::Partition\}:iam::\{"?.*:root$/);
  });

  it('is never made without an external id, or for what is no role', () => {
    const recorderRoleArn = roleArn('123456789012');
    const made = (props: object) => () => readerTemplate(props as Parameters<typeof readerTemplate>[0]);
    expect(made({ recorderRoleArn })).toThrow(
      /^The reader cannot be .*\n {2}cvpn-audit-reader:externalId: got undefined/,
    );
    expect(made({ recorderRoleArn, externalId: '' })).toThrow('externalId: got ""; expected');
    const principal = 'arn:aws:sts::123456789012:assumed-role/Recorder/session';
    expect(made({ recorderRoleArn: principal, externalId: 'company-4711' })).toThrow(
      `recorderRoleArn: got "${principal}"`,
    );
    expect(made({ recorderRoleArn, externalId: 'company-4711', roleName: 'a b' })).toThrow('roleName: got "a b"');
  });
});
