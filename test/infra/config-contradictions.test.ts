import { describe, expect, it } from 'vitest';
import { refusal } from './config-refusal.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

describe('the configuration, although each key is right,', () => {
  it('refuses a key of its own where no table is made that it could encrypt', () => {
    const restored = { snapshotsTableName: 'Snapshots', connectionsTableName: 'Connections' };
    const all = { ...restored, accessesTableName: 'Accesses' };
    expect(refusal({ ...all, encryption: 'customer-managed' })).toContain(
      'cvpn-audit:encryption: got "customer-managed"',
    );
    expect(refusal({ ...all, encryption: KEY_ARN })).toBe('accepted');
    expect(refusal({ ...restored, encryption: 'customer-managed' })).toBe('accepted');
  });

  it.each([
    ['connectionsTableName', { snapshotsTableName: 'Trail', connectionsTableName: 'Trail' }],
    ['accessesTableName', { snapshotsTableName: 'Trail', accessesTableName: 'Trail' }],
    ['accessesTableName', { connectionsTableName: 'Trail', accessesTableName: 'Trail' }],
    ['accessesTableName', { snapshotsTableName: 'Trail', connectionsTableName: 'Other', accessesTableName: 'Trail' }],
  ])('refuses one table for two: as %s that of %j', (key, given) => {
    expect(refusal(given)).toContain(`cvpn-audit:${key}: got "Trail", which is another of the tables`);
  });

  it('refuses a lock that outlasts the retention, and says both', () => {
    expect(refusal({ archiveLockDays: 401, retention: 400 })).toMatch(
      /cvpn-audit:archiveLockDays: got 401, which is longer than the retention of 400 days; expected at most that/,
    );
    expect(refusal({ archiveLockDays: 400, retention: 400 })).toBe('accepted');
    expect(refusal({ archiveLockDays: 36_500 })).toBe('accepted');
  });

  it('refuses to lock a bucket that it does not make', () => {
    expect(refusal({ archiveLockDays: 30, archiveBucketName: 'trail-archive' })).toMatch(
      /cvpn-audit:archiveLockDays: got 30 beside archiveBucketName; expected the lock to be set on the bucket trail-archive itself/,
    );
    expect(refusal({ archiveBucketName: 'trail-archive', retention: 400 })).toBe('accepted');
  });

  it('refuses compliance mode for no time: what cannot be undone is not half configured', () => {
    expect(refusal({ archiveLockMode: 'compliance' })).toContain(
      'cvpn-audit:archiveLockMode: got "compliance" without archiveLockDays',
    );
    expect(refusal({ archiveLockMode: 'compliance', archiveLockDays: 1 })).toBe('accepted');
  });
});
