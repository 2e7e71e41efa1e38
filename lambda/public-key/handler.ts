import { setTimeout } from 'node:timers/promises';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { fromSpki } from '../trail/signed-note.ts';
import { toError } from '../trail/to-error.ts';

interface PublicKeyPorts {
  readonly kms: KMSClient;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/**
 * KMS errors for a role, policy or key that has not propagated yet. During a deployment they are seconds old, and both IAM
 * and KMS are eventually consistent (IAM User Guide, "Changes that I make are not always immediately visible"; KMS Developer Guide,
 * "AWS KMS eventual consistency").
 */
const NOT_YET = new Set(['AccessDeniedException', 'NotFoundException', 'UnrecognizedClientException']);

/** Maximum delay between two attempts, in milliseconds; it begins at a second and doubles. */
const LONGEST_WAIT = 15_000;

/** Reserved from Lambda's timeout for the answer to CloudFormation, in milliseconds. */
const SPARE = 10_000;

type Answer = {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly Data?: Record<string, string>;
};

/**
 * Makes the handler of the custom resource `Custom::PublicKey`: it returns the public key of a KMS key to CloudFormation, because
 * the key has no attribute for it (AWS CloudFormation User Guide, "Custom resource request types").
 */
export function createHandler(ports: PublicKeyPorts): Handler {
  return async (event, context) => {
    const keyId = String(event.ResourceProperties.KeyId);
    const isDeleted = event.RequestType === 'Delete';
    const answer = isDeleted ? ({ Status: 'SUCCESS' } as const) : await waitForPublicKey(ports, keyId, context);
    const { StackId, RequestId, LogicalResourceId } = event;
    // The key's own id: the same key is the same resource.
    const body = JSON.stringify({ ...answer, StackId, RequestId, LogicalResourceId, PhysicalResourceId: keyId });
    // CloudFormation's URL is a presigned S3 URL, which requires the signed content type: none.
    const response = await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'Content-Type': '' } });
    if (!response.ok) throw new Error(`CloudFormation did not take the answer: status ${response.status}`);
  };
}

async function waitForPublicKey({ kms, wait }: PublicKeyPorts, keyId: string, context: RemainingTime): Promise<Answer> {
  for (let attempt = 1, pause = 1000; ; attempt++, pause = Math.min(2 * pause, LONGEST_WAIT)) {
    try {
      return { Status: 'SUCCESS', Data: { PublicKey: await askPublicKey(kms, keyId) } };
    } catch (error) {
      const { name, message } = toError(error);
      if (!NOT_YET.has(name) || context.getRemainingTimeInMillis() < pause + SPARE) {
        const so = attempt === 1 ? '' : ` It was so in ${attempt} attempts.`;
        return { Status: 'FAILED', Reason: `The public key of ${keyId} cannot be read: ${name}: ${message}${so}` };
      }
      await wait(pause);
    }
  }
}

async function askPublicKey(kms: KMSClient, keyId: string): Promise<string> {
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: keyId }));
  return Buffer.from(fromSpki(PublicKey ?? new Uint8Array())).toString('base64');
}

type RemainingTime = Pick<Context, 'getRemainingTimeInMillis'>;
type Handler = (event: CloudFormationCustomResourceEvent, context: RemainingTime) => Promise<void>;

/** The function that the stack deploys. */
export const handler: Handler = (event, context) => {
  deployed ??= createHandler({ kms: new KMSClient({}), wait: setTimeout });
  return deployed(event, context);
};

let deployed: Handler | undefined;
