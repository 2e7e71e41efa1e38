import { Stack, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { AuditTrail } from './constructs/audit-trail.ts';
import { addOutputs } from './outputs.ts';
import type { Config } from './settings.ts';

/** The app's stack: it connects the configuration, the construct and the outputs. */
export class AuditTrailStack extends Stack {
  constructor(scope: Construct, config: Config) {
    const { stackName, account, region, tags, ...settings } = config;
    super(scope, stackName, {
      description: 'A lasting audit trail of AWS Client VPN connections',
      env: { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
    });
    const trail = new AuditTrail(this, 'AuditTrail', settings);
    for (const [name, value] of Object.entries(tags)) {
      Tags.of(this).add(name, value);
    }
    addOutputs(this, trail);
  }
}

/**
 * Runs cdk-nag on the app of a stack in every synth: a finding without an acknowledgement beside its construct fails the
 * synth.
 */
export function addComplianceChecks(stack: Stack): void {
  Validations.of(stack).addPlugins(new AwsSolutionsChecks(stack), new NIST80053R5Checks(stack));
}
