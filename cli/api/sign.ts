import type { AwsIdentity } from './aws-identity.ts';
import { type ApiQuestion, pairsOf } from './question.ts';

/** The name that API Gateway's signatures are made for (API Gateway developer guide, "Control access with IAM"). */
const SERVICE = 'execute-api';

/**
 * The headers that sign a question with AWS Signature Version 4.
 *
 * @param url - made from the question
 * @param document - the body of a POST; its hash is signed too
 */
export async function signQuestion(
  url: URL,
  question: ApiQuestion,
  { credentials, region, sha256 }: AwsIdentity,
  now: Date,
  document?: string,
): Promise<Record<string, string>> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const signer = new SignatureV4({ service: SERVICE, region, credentials, sha256 });
  const query: Record<string, string[]> = {};
  for (const [name, value] of pairsOf(question)) query[name] = [...(query[name] ?? []), value];
  const { headers } = await signer.sign(
    {
      method: document === undefined ? 'GET' : 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: { host: url.host },
      ...(document === undefined ? {} : { body: document }),
    },
    { signingDate: now },
  );
  // The connection sets the host.
  const { host: _host, ...signed } = headers;
  return signed;
}
