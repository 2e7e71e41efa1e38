import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';
import { NOW } from '../command/asked-api.ts';
import type { SeenQuestion } from './api-server.ts';

/** The signature that API Gateway would compute of what arrived. */
export async function expectedSignature(
  { method, target, headers, body }: SeenQuestion,
  region: string,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string },
): Promise<string> {
  const { pathname: path, searchParams } = new URL(target, 'http://api');
  const query = Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
  const { sha256 } = new DynamoDBClient({ region }).config;
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256 });
  const place = { method, protocol: 'http:', hostname: '127.0.0.1', path, query };
  const signed = await signer.sign({ ...place, headers: { host: headers.host ?? '' }, body }, { signingDate: NOW });
  return signed.headers.authorization ?? '';
}
