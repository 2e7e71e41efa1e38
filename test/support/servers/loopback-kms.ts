import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type LoopbackServer, serveOnLoopback } from './loopback-server.ts';

/** A request to KMS. */
export interface KmsRequest {
  /** `Sign` or `GetPublicKey`. */
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

/** Answers a request in a way of its own, or leaves it to the server by answering false. */
export type KmsFault = (request: KmsRequest, response: ServerResponse) => boolean;

/** A fault that refuses every request. */
export const refusing =
  (type: string, status = 400): KmsFault =>
  (_, response) => {
    sendKmsError(response, status, type);
    return true;
  };

/** As much of KMS as signing needs: keys that never leave it. */
export interface LoopbackKms extends LoopbackServer {
  /** Private keys by the ids that requests name. A test may change them. */
  readonly keys: Map<string, KeyObject>;
  readonly requests: KmsRequest[];
  fault: KmsFault;
}

/** The key that is there from the start: of the spec ECC_NIST_EDWARDS25519. */
export const KMS_KEY = 'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000';

/** Of a message (KMS API reference, Sign). */
const MOST_BYTES = 4096;

/** Starts KMS on loopback (AWS JSON 1.1). */
export async function startLoopbackKms(): Promise<LoopbackKms> {
  const keys = new Map([[KMS_KEY, generateKeyPairSync('ed25519').privateKey]]);
  const state = { keys, requests: [] as KmsRequest[], fault: (() => false) as KmsFault };
  const server = await serveOnLoopback((request, response) => {
    void answer(kms, request, response);
  });
  const kms: LoopbackKms = Object.assign(state, server);
  return kms;
}

async function answer(kms: LoopbackKms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const input = JSON.parse(await text(request)) as Record<string, unknown>;
  const operation = String(request.headers['x-amz-target']).replace('TrentService.', '');
  kms.requests.push({ operation, input });
  if (kms.fault({ operation, input }, response)) return;
  const key = kms.keys.get(String(input.KeyId));
  if (!key) sendKmsError(response, 400, 'NotFoundException');
  else if (operation === 'GetPublicKey') {
    const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
    sendKms(response, { KeyId: input.KeyId, PublicKey: der.toString('base64'), KeyUsage: 'SIGN_VERIFY' });
  } else if (key.asymmetricKeyType !== 'ed25519' || input.SigningAlgorithm !== 'ED25519_SHA_512') {
    sendKmsError(response, 400, 'InvalidKeyUsageException');
  } else if (input.MessageType !== 'RAW' || Buffer.from(String(input.Message), 'base64').length > MOST_BYTES) {
    sendKmsError(response, 400, 'ValidationException');
  } else {
    const signature = sign(null, Buffer.from(String(input.Message), 'base64'), key).toString('base64');
    sendKms(response, { KeyId: input.KeyId, Signature: signature, SigningAlgorithm: input.SigningAlgorithm });
  }
}

/** Sends an answer as KMS does. */
export function sendKms(response: ServerResponse, body: Record<string, unknown>): void {
  response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

/** Sends an error as KMS does. */
export function sendKmsError(response: ServerResponse, status: number, type: string): void {
  const body = JSON.stringify({ __type: type, message: 'Said so.' });
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(body);
}
