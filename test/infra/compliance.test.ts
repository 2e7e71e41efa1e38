import { App, type Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, NagPack, NIST80053R5Checks } from 'cdk-nag';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addComplianceChecks } from '../../lib/audit-trail-stack.ts';
import { ReaderStack } from '../../lib/reader-stack.ts';
import { KEY_ARN, stackOf, TABLE_NAMES } from './synthesized.ts';

const THREE_TARGETS = {
  region: 'eu-central-1',
  externalId: 'company-4711',
  targets: [{}, { region: 'us-east-1' }, { roleArn: 'arn:aws:iam::111122223333:role/ClientVpnAuditReader' }],
};
const RECORDER = { recorderRoleArn: 'arn:aws:iam::123456789012:role/Recorder', externalId: 'company-4711' };

/** What cdk-nag finds in a stack: `rule at construct`. */
function findingsIn(stack: Stack): string[] {
  return [new AwsSolutionsChecks(stack), new NIST80053R5Checks(stack)]
    .flatMap((pack) => pack.validateScope(stack).violations)
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );
}

function acknowledgementsIn(stack: Stack) {
  return stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries<string>(data))
      .map(([id, reason]) => ({ path: node.path, rule: id.replace(/^annotation::/i, ''), reason })),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('cdk-nag', () => {
  it.each([
    ['by default', {}],
    ['with endpoints named', { endpoints: ['cvpn-endpoint-0123456789abcdef0'] }],
    ['in a known account and Region', { account: '123456789012', region: 'eu-central-1' }],
    ['in a known Region of another partition', { region: 'us-gov-west-1' }],
    ['with a customer-managed key', { encryption: 'customer-managed', alarmEmail: 'audit@example.org' }],
    ['with three targets', THREE_TARGETS],
    ['with targets of other accounts alone', { ...THREE_TARGETS, targets: THREE_TARGETS.targets.slice(2) }],
    ['with existing tables', TABLE_NAMES],
    ['with an existing archive and key', { archiveBucketName: 'trail-archive', signingKeyArn: KEY_ARN }],
    ['with a locked archive', { archiveLockDays: 365, archiveLockMode: 'compliance' }],
    ['without the daily export', { dailyExportHour: 'off' }],
    ['with everything destroyable', { removalPolicy: 'destroy', retention: 400 }],
  ])('finds nothing that is not acknowledged, %s', (_, config) => {
    expect(findingsIn(stackOf(config))).toEqual([]);
  });

  it.each([
    ['for one recorder', RECORDER],
    ['as a template', undefined],
  ])("finds nothing in the readers' stack that is not acknowledged, %s", (_, props) => {
    expect(findingsIn(new ReaderStack(new App(), props))).toEqual([]);
  });

  it('finds, where nothing is acknowledged, all that the acknowledgements are about: none is left over', () => {
    const stack = stackOf();
    const acknowledgements = acknowledgementsIn(stack);
    vi.spyOn(NagPack.prototype as unknown as { isAcknowledged(): boolean }, 'isAcknowledged').mockReturnValue(false);
    const findings = findingsIn(stack);
    expect(findings.length).toBeGreaterThan(0);
    for (const { path, rule } of acknowledgements) {
      expect(findings).toContainEqual(
        expect.stringMatching(new RegExp(`^${RegExp.escape(`${rule} at ${path}`)}(/|$)`)),
      );
    }
  });

  it('gets a reason with each acknowledgement that an auditor can weigh, and none for the whole stack', () => {
    for (const { path, reason } of acknowledgementsIn(stackOf())) {
      expect(reason).toMatch(/^.{100,}\.$/);
      expect(path.split('/').length).toBeGreaterThanOrEqual(4);
    }
  });

  it('fails the synth at a finding that nobody acknowledged', () => {
    vi.spyOn(console, 'error').mockReturnValue();
    vi.spyOn(console, 'log').mockReturnValue();
    const stack = stackOf();
    addComplianceChecks(stack);
    const app = App.of(stack) as App;
    expect(new Queue(stack, 'Plain').stack).toBe(stack);
    expect(() => app.synth()).toThrow(/AwsSolutions-SQS3/);
  });
});
