/** Who signed a request, and for which Region. */
export interface Caller {
  readonly accessKeyId: string;
  readonly region: string;
}

/** The scope in a SigV4 `Authorization` header (IAM User Guide, "Elements of an AWS API request signature"). */
const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\//;

/** The caller that a SigV4 `Authorization` header names; undefined without one. The signature itself is not verified. */
export function callerOf(authorization: string | undefined): Caller | undefined {
  const [, accessKeyId, region] = CREDENTIAL.exec(authorization ?? '') ?? [];
  return accessKeyId === undefined || region === undefined ? undefined : { accessKeyId, region };
}
