import { describe, expect, it } from 'vitest';
import { permissionsOf, readable, resourceOf, resourcesOf, templateOf } from './synthesized.ts';

const KEY_ARN = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const SIGNING_KEY = 'AuditTrailSigningKeyE0D361F6';

const publicKeyOf = (config = {}) => resourceOf(templateOf(config), 'Custom::PublicKey', 'AuditTrailPublicKey');

describe('the key that signs', () => {
  it('keeps its logical id: a new id would be a new key, which verifiers do not know', () => {
    expect(Object.keys(resourcesOf(templateOf(), 'AWS::KMS::Key'))).toContain(SIGNING_KEY);
  });

  it('is an Ed25519 key for signatures, which stays when the stack goes', () => {
    const key = resourceOf(templateOf(), 'AWS::KMS::Key', SIGNING_KEY);
    expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(key.Properties).toMatchObject({ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' });
    // KMS rotates symmetric keys only, and a trail is verified by one key.
    expect(key.Properties).not.toHaveProperty('EnableKeyRotation');
  });

  it('can be an existing one, and then none is made', () => {
    const config = { signingKeyArn: KEY_ARN };
    expect(Object.keys(resourcesOf(templateOf(config), 'AWS::KMS::Key'))).not.toContain(SIGNING_KEY);
    for (const name of ['Recorder', 'Export']) {
      const { Environment } = resourceOf(templateOf(config), 'AWS::Lambda::Function', `AuditTrail${name}`).Properties;
      expect(Environment.Variables.SIGNING_KEY).toBe(KEY_ARN);
      expect(permissionsOf(`AuditTrail${name}Policy`, config).join('\n')).toContain(`Allow kms:Sign on ${KEY_ARN} if`);
    }
    expect(publicKeyOf(config).Properties.KeyId).toBe(KEY_ARN);
  });
});

describe('the public key', () => {
  it('is told by a function that may read it, write its log, and nothing else', () => {
    expect(permissionsOf('AuditTrailPublicKeyPolicy')).toEqual([
      `Allow kms:GetPublicKey on {${SIGNING_KEY}.Arn}`,
      'Allow logs:CreateLogStream on {AuditTrailPublicKeyLogs.Arn}',
      'Allow logs:PutLogEvents on {AuditTrailPublicKeyLogs.Arn}',
    ]);
  });

  it('is asked for at deployment, of the key that signs, and not waited for longer than minutes', () => {
    const { KeyId, ServiceToken, ServiceTimeout } = publicKeyOf().Properties;
    expect(readable(KeyId)).toBe(`{${SIGNING_KEY}.Arn}`);
    expect(readable(ServiceToken)).toMatch(/^\{AuditTrailPublicKeyFunction\w{8}\.Arn\}$/);
    expect(ServiceTimeout).toBe('300');
    const { Timeout } = resourceOf(templateOf(), 'AWS::Lambda::Function', 'AuditTrailPublicKey').Properties;
    expect(Timeout).toBeLessThan(Number(ServiceTimeout));
  });
});
