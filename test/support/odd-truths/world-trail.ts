import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RecorderOptions, RecorderPorts } from '../../../lambda/recorder/recorder.ts';
import { signerOf } from '../../../local/signing-key.ts';
import { MemoryArchive } from '../recording/memory-archive.ts';
import { RECORDER_OPTIONS } from '../recording/recorder-options.ts';
import { MemoryDocuments } from './memory-documents.ts';

/** What EC2 is asked, and what it answers: an XML document, or the code of an error. */
export interface AskedOfEc2 {
  readonly action: string;
  readonly endpointId: string | undefined;
  readonly nextToken: string | undefined;
}
export type Ec2Answer = { readonly date: Date } & ({ readonly xml: string } | { readonly refused: string });
export type AnswerEc2 = (asked: AskedOfEc2) => Ec2Answer;

/** Where a world is recorded. */
export interface WorldTrail {
  readonly ports: Omit<RecorderPorts, 'now'>;
  readonly options: RecorderOptions;
  readonly archive: MemoryArchive;
  readonly documents: DynamoDBDocumentClient;
}

const signer = signerOf(generateKeyPairSync('ed25519').privateKey);

/**
 * A trail in memory: the real recorder and the real queries, over tables in memory, and without HTTP and the SDK's retries between the
 * recorder and EC2. A hundred times faster than with an engine and sockets, so that thousands of worlds can be lived.
 */
export function memoryTrail(answer: AnswerEc2): WorldTrail {
  const archive = new MemoryArchive();
  const documents = new MemoryDocuments();
  const { signal } = new AbortController();
  return {
    ports: { ec2: memoryEc2(answer), documents, archive, signer, timeout: () => signal },
    options: { ...RECORDER_OPTIONS, ACCOUNT_ID: '123456789012' },
    archive,
    documents,
  };
}

interface Ec2Command {
  readonly constructor: { readonly name: string };
  readonly input: { readonly ClientVpnEndpointId?: string; readonly NextToken?: string };
  readonly middlewareStack: {
    resolve(handler: () => Promise<unknown>, context: object): (args: object) => Promise<unknown>;
  };
}

/** The recorder reads an answer in a middleware of the command, which is all of the SDK that is left here. */
function memoryEc2(answer: AnswerEc2): EC2Client {
  const send = async (command: Ec2Command) => {
    const { input, middlewareStack } = command;
    const action = command.constructor.name.replace(/Command$/, '');
    const given = answer({ action, endpointId: input.ClientVpnEndpointId, nextToken: input.NextToken });
    const headers = { date: given.date.toUTCString(), 'x-amzn-requestid': '11111111-2222-4333-8444-555555555555' };
    if ('refused' in given) {
      throw Object.assign(new Error('refused'), { name: given.refused, $metadata: { httpStatusCode: 400 } });
    }
    const response = { statusCode: 200, headers, body: Readable.from([Buffer.from(given.xml)]) };
    return middlewareStack.resolve(async () => ({ response, output: {} }), {})({ input });
  };
  return { send } as unknown as EC2Client;
}
