import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { AuditTrail } from '../../lib/constructs/audit-trail.ts';
import type { AuditTrailProps } from '../../lib/constructs/audit-trail-props.ts';
import { stackOf, templateOf } from './synthesized.ts';

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
    ['INTERVAL_MINUTES', { interval: Duration.minutes(20) }],
    ['PAGE_SIZE', { pageSize: 2000 }],
    ['EPSILON_SECONDS', { epsilon: Duration.hours(1) }],
    ['ENDPOINTS', { endpoints: ['vpc-0123456789abcdef0'] }],
  ])('refuses a setting that the recorder would refuse at its start: %s', (name, props) => {
    expect(() => elsewhere(props)).toThrow(name);
  });
});
