import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';

const APP = fileURLToPath(new URL('../../bin/app.ts', import.meta.url));

const assemblies = mkdtempSync(join(inject('assemblies'), 'app-'));

/** Runs the app as the CDK's command does. */
function synth(context: Record<string, unknown>) {
  const outdir = mkdtempSync(join(assemblies, 'cdk.out-'));
  const { status, stderr } = spawnSync(process.execPath, [APP], {
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  const stacks = readdirSync(outdir).flatMap((name) => /^(.*)\.template\.json$/.exec(name)?.[1] ?? []);
  return { status, stderr, synthesized: existsSync(join(outdir, 'manifest.json')), stacks };
}

describe('the app', () => {
  it('synthesizes without a configuration, an account or a network', () => {
    expect(synth({})).toEqual({ status: 0, stderr: '', synthesized: true, stacks: ['ClientVpnAudit'] });
  });

  it('stops at a wrong value with a message and no stack trace, and leaves no assembly', () => {
    const { status, stderr, synthesized } = synth({ 'cvpn-audit:interval': '20' });
    expect(stderr).toBe(
      'The configuration cannot be deployed:\n  cvpn-audit:interval: got "20"; expected a whole number of minutes from 1 to 15\n\n',
    );
    expect({ status, synthesized }).toEqual({ status: 1, synthesized: false });
  });

  it('makes the stack of a reader alone where its keys are given, and says which are wrong', () => {
    const recorderRoleArn = 'arn:aws:iam::123456789012:role/Recorder';
    const keys = (given: object) =>
      Object.fromEntries(Object.entries(given).map(([key, value]) => [`cvpn-audit-reader:${key}`, value]));
    const reader = synth(keys({ recorderRoleArn, externalId: 'company-4711' }));
    expect(reader).toMatchObject({ status: 0, stderr: '', stacks: ['ClientVpnAuditReader'] });
    const { stderr, synthesized } = synth(keys({ recorderRoleArn: 'Recorder', externalID: 'company-4711' }));
    expect(synthesized).toBe(false);
    expect(stderr).toContain('cvpn-audit-reader:externalID: there is no such key');
    expect(stderr).toContain('cvpn-audit-reader:recorderRoleArn: got "Recorder"; expected the ARN');
    expect(stderr).toContain('cvpn-audit-reader:externalId: got undefined; expected');
  });
});
