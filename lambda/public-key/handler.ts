import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { fromSpki } from '../trail/signed-note.ts';

/** What the function reaches the world through. */
export interface PublicKeyPorts {
  readonly kms: KMSClient;
}

type Answer = {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly Data?: Record<string, string>;
};

/**
 * Makes the handler of the custom resource `Custom::PublicKey`: it tells CloudFormation the public half of a KMS key, which no
 * attribute of the key does (AWS CloudFormation User Guide, "Custom resource request types").
 */
export function createHandler({ kms }: PublicKeyPorts): (event: CloudFormationCustomResourceEvent) => Promise<void> {
  return async (event) => {
    const keyId = String(event.ResourceProperties.KeyId);
    const answer = event.RequestType === 'Delete' ? ({ Status: 'SUCCESS' } as const) : await readPublicKey(kms, keyId);
    const { StackId, RequestId, LogicalResourceId } = event;
    // The key's own id: as long as it is the same key, it is the same resource.
    const body = JSON.stringify({ ...answer, StackId, RequestId, LogicalResourceId, PhysicalResourceId: keyId });
    // CloudFormation's address is a presigned one of S3, which wants the type that was signed: none.
    const response = await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'Content-Type': '' } });
    if (!response.ok) throw new Error(`CloudFormation did not take the answer: status ${response.status}`);
  };
}

async function readPublicKey(kms: KMSClient, keyId: string): Promise<Answer> {
  try {
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: keyId }));
    const key = fromSpki(PublicKey ?? new Uint8Array());
    return { Status: 'SUCCESS', Data: { PublicKey: Buffer.from(key).toString('base64') } };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { Status: 'FAILED', Reason: `The public key of ${keyId} cannot be read: ${name}: ${message}` };
  }
}

type Handler = ReturnType<typeof createHandler>;

/** The function that the stack deploys. */
export const handler: Handler = (event) => {
  deployed ??= createHandler({ kms: new KMSClient({}) });
  return deployed(event);
};

let deployed: Handler | undefined;
