import { expect, it } from 'vitest';
import {
  allowances,
  environmentOf,
  functionOf,
  KEY_ARN,
  permissionsOf,
  plain,
  propertiesOf,
  resourceOf,
  resourcesOf,
} from './synthesized.ts';

const KEY = 'AWS::KMS::Key';
const publicKeyOf = (config = {}) => propertiesOf('Custom::PublicKey', config)[0] ?? {};

it('the key that signs is an Ed25519 key for signatures, used as the policies of this account say', () => {
  const { Properties } = resourceOf(KEY, 'AuditTrailSigningKey');
  expect(Properties).toMatchObject({ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' });
  // KMS rotates symmetric keys only, and a trail is verified by one key.
  expect(Properties).not.toHaveProperty('EnableKeyRotation');
  expect(allowances(Properties.KeyPolicy)).toEqual(['Allow kms:* on *']);
  const account = 'arn:{AWS::Partition}:iam::{AWS::AccountId}:root';
  expect(
    Properties.KeyPolicy.Statement.map((statement: { Principal: { AWS: unknown } }) => plain(statement.Principal.AWS)),
  ).toEqual([account]);
});

it('the key that signs can be an existing one, and then none is made', () => {
  const config = { signingKeyArn: KEY_ARN };
  expect(Object.keys(resourcesOf(KEY, config))).toEqual([expect.stringMatching(/^AuditTrailAlarms/)]);
  for (const name of ['Recorder', 'Export']) {
    expect(environmentOf(name, config).SIGNING_KEY).toBe(KEY_ARN);
    expect(permissionsOf(`AuditTrail${name}Policy`, config).join('\n')).toContain(`Allow kms:Sign on ${KEY_ARN} if`);
  }
  expect(publicKeyOf(config).KeyId).toBe(KEY_ARN);
});

it('the key before it countersigns for the recorder alone', () => {
  const config = { previousSigningKeyArn: KEY_ARN };
  expect(environmentOf('Recorder', config).PREVIOUS_SIGNING_KEY).toBe(KEY_ARN);
  expect(permissionsOf('AuditTrailRecorderPolicy', config).join('\n')).toContain(KEY_ARN);
  expect(environmentOf('Export', config)).not.toHaveProperty('PREVIOUS_SIGNING_KEY');
  expect(permissionsOf('AuditTrailExportPolicy', config).join('\n')).not.toContain(KEY_ARN);
});

it('the public key is asked for at deployment, of the key that signs, and not waited for longer than minutes', () => {
  const { KeyId, ServiceToken, ServiceTimeout } = publicKeyOf();
  expect([KeyId, ServiceToken].map(plain)).toEqual(['{SigningKey.Arn}', '{PublicKeyFunction.Arn}']);
  expect(ServiceTimeout).toBe('300');
  expect(functionOf('PublicKey').Timeout).toBeLessThan(Number(ServiceTimeout));
});
