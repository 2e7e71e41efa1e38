import { Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { AuditTrail, type AuditTrailProps } from '../../lib/constructs/audit-trail.ts';
import { type Resource, stackOf, templateOf } from './synthesized.ts';

/** A stack of someone else's, with the construct in it. */
function elsewhere(props?: AuditTrailProps): AuditTrail {
  const app = stackOf().node.root;
  return new AuditTrail(new Stack(app, 'Elsewhere'), 'AuditTrail', props);
}

describe('the construct', () => {
  it('has the defaults of the app', () => {
    const { Resources } = Template.fromStack(Stack.of(elsewhere())).toJSON();
    const metadata = (_: string, value: unknown) =>
      typeof value === 'string'
        ? value.replace(/^\w+(?=[-/]AuditTrail[-/])/, '').replace(/(?<=Group-)\w{8}$/, '')
        : value;
    expect(JSON.parse(JSON.stringify(Resources, metadata))).toEqual(
      JSON.parse(JSON.stringify(templateOf().toJSON().Resources, metadata)),
    );
  });

  it.each([
    ['interval', { interval: 20 }],
    ['pageSize', { pageSize: 2000 }],
    ['epsilonSeconds', { epsilonSeconds: 3600 }],
    ['endpoints', { endpoints: ['vpc-0123456789abcdef0'] }],
    ['archiveLockDays', { archiveLockDays: 401, retention: 400 }],
  ])('refuses what the app refuses: %s', (key, props) => {
    expect(() => elsewhere(props)).toThrow(`cvpn-audit:${key}: got `);
  });

  it('takes names that are known at deployment only', () => {
    const trail = elsewhere({ snapshotsTableName: Fn.importValue('SnapshotsTable') });
    const { Resources } = Template.fromStack(Stack.of(trail)).toJSON();
    const [, recorder] =
      Object.entries<Resource>(Resources).find(([id]) => id.startsWith('AuditTrailRecorderFunction')) ?? [];
    expect(recorder?.Properties.Environment.Variables.SNAPSHOTS_TABLE).toEqual({ 'Fn::ImportValue': 'SnapshotsTable' });
  });
});
