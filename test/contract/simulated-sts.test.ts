import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedRole } from '../../local/simulated-sts/roles.ts';
import { type SimulatedSts, startSimulatedSts } from '../../local/simulated-sts/server.ts';

const ROLE = { roleArn: 'arn:aws:iam::111122223333:role/ClientVpnAuditReader', externalId: 'company-4711' };
const CALLER = 'arn:aws:sts::123456789012:assumed-role/Recorder/recorder';

let sts: SimulatedSts;
let roles: SimulatedRole[];
let now: Date;
beforeEach(async () => {
  roles = [ROLE];
  now = new Date();
  sts = await startSimulatedSts({ roles: () => roles, caller: CALLER, now: () => now });
});
afterEach(() => sts.close());

/** What the SDK's own provider gets. */
function assume(given: { readonly ExternalId?: string; readonly RoleArn?: string; readonly RoleSessionName?: string }) {
  return fromTemporaryCredentials({
    params: { RoleArn: ROLE.roleArn, RoleSessionName: 'test', ...given },
    masterCredentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    clientConfig: { region: 'eu-central-1', endpoint: sts.url, maxAttempts: 1 },
  })();
}

const DENIED = {
  name: 'AccessDenied',
  message: `User: ${CALLER} is not authorized to perform: sts:AssumeRole on resource: ${ROLE.roleArn}`,
};

describe('the simulated STS', () => {
  test('gives a key that tells the account, until it expires', async () => {
    const { accessKeyId, expiration } = await assume({ ExternalId: 'company-4711' });
    expect(expiration).toEqual(new Date(now.getTime() + 3_600_000));
    expect(sts.accountOf(accessKeyId)).toBe('111122223333');
    expect(sts.accountOf('AKIAANOTHER')).toBeUndefined();
    now = new Date(now.getTime() + 3_600_000);
    expect(sts.accountOf(accessKeyId)).toBeUndefined();
  });

  test('says the same of a wrong external id, of none, and of a role that is not there', async () => {
    await expect(assume({ ExternalId: 'company-4712' })).rejects.toMatchObject(DENIED);
    await expect(assume({})).rejects.toMatchObject(DENIED);
    roles = [];
    await expect(assume({ ExternalId: 'company-4711' })).rejects.toMatchObject(DENIED);
  });

  test('refuses what is no role and no session name', async () => {
    await expect(assume({ RoleArn: 'arn:aws:iam::111122223333:user/alice' })).rejects.toThrow('is invalid');
    await expect(assume({ RoleSessionName: 'two words' })).rejects.toThrow("'two words' at 'roleSessionName'");
  });
});
