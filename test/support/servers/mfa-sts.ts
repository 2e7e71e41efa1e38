import { startTestApi, type TestReply } from './api-server.ts';

const NAMESPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

/** STS as far as a role that demands a code of an MFA device: it takes one code (STS API reference, AssumeRole). */
export function startMfaSts(code: string) {
  return startTestApi(({ body }) => {
    const given = new URLSearchParams(body);
    if (given.get('SerialNumber') && given.get('TokenCode') === code) return granted();
    return refused('MultiFactorAuthentication failed with invalid MFA one time pass code.');
  });
}

const granted = (): TestReply => ({
  headers: { 'content-type': 'text/xml' },
  text: `<AssumeRoleResponse ${NAMESPACE}><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/auditor/s</Arn><AssumedRoleId>AROAEXAMPLE:s</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2120-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
});

/** A refusal of STS's. */
export function refused(message: string, code = 'AccessDenied'): TestReply {
  return {
    status: 403,
    headers: { 'content-type': 'text/xml' },
    text: `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  };
}
