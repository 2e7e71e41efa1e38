import { type Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';

/**
 * Runs cdk-nag on the app of a stack in every synth: a finding without an acknowledgement beside its construct fails the
 * synth.
 */
export function addComplianceChecks(stack: Stack): void {
  Validations.of(stack).addPlugins(new AwsSolutionsChecks(stack), new NIST80053R5Checks(stack));
}
