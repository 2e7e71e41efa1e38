import { describe, expect, it } from 'vitest';
import { resourceOf, templateOf } from './synthesized.ts';

describe.each(['Recorder', 'Query', 'Export', 'PublicKey'])('the function %s', (name) => {
  const functionOf = () => resourceOf(templateOf(), 'AWS::Lambda::Function', `AuditTrail${name}`).Properties;
  const logsOf = (config = {}) => resourceOf(templateOf(config), 'AWS::Logs::LogGroup', `AuditTrail${name}Logs`);

  it('runs on arm64 and Node 24 with one whole vCPU, and maps its stack traces', () => {
    expect(functionOf()).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 1769,
      Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } },
    });
  });

  it('writes to a log group of its own, kept 90 days or as configured, which goes with the stack', () => {
    const LogGroup = { Ref: expect.stringMatching(`^AuditTrail${name}Logs`) };
    expect(functionOf().LoggingConfig).toEqual({ LogGroup });
    expect(logsOf()).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 90 } });
    expect(logsOf({ logRetentionDays: 365 }).Properties).toMatchObject({ RetentionInDays: 365 });
  });
});
