import { describe, expect, it } from 'vitest';
import { queryEnvironment } from '../../lambda/query/env.ts';
import { resourceOf, templateOf } from './synthesized.ts';

const functionOf = (config = {}) =>
  resourceOf(templateOf(config), 'AWS::Lambda::Function', 'AuditTrailQuery').Properties;

describe('the query function', () => {
  it('ends before the API stops waiting, which is after 30 seconds', () => {
    expect(functionOf().Timeout).toBe(29);
  });

  it('gets the configuration in an environment that its own schema accepts', () => {
    const { Variables } = functionOf({
      interval: 10,
      epsilonSeconds: 60,
      snapshotsTableName: 'Snapshots',
      connectionsTableName: 'Connections',
      accessesTableName: 'Accesses',
    }).Environment;
    expect(queryEnvironment.parse(Variables)).toEqual({
      SNAPSHOTS_TABLE: 'Snapshots',
      CONNECTIONS_TABLE: 'Connections',
      ACCESSES_TABLE: 'Accesses',
      INTERVAL_MINUTES: 10,
      EPSILON_SECONDS: 60,
    });
  });

  it('reads the tables that the recorder writes', () => {
    const recorder = resourceOf(templateOf(), 'AWS::Lambda::Function', 'AuditTrailRecorder').Properties;
    const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE } = recorder.Environment.Variables;
    expect(functionOf().Environment.Variables).toMatchObject({
      SNAPSHOTS_TABLE,
      CONNECTIONS_TABLE,
      ACCESSES_TABLE: { Ref: 'AuditTrailTablesAccessesEEECE946' },
    });
  });
});
