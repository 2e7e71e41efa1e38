import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { startLocalApi } from '../../local/local-api.ts';
import { signerOf } from '../../local/signing-key.ts';
import { NOW } from '../query/recording.ts';
import { ACCESSES_TABLE, dynamoDbClient, OPTIONS } from '../trail.ts';

/** A process that serves the API over a store, `DYNAMODB_URL`, prints where, and ends when its standard input does. */
const [, , dynamoDb = ''] = process.argv;
const { url } = await startLocalApi({
  port: 0,
  documents: documentClient(dynamoDbClient(dynamoDb)),
  signer: signerOf(generateKeyPairSync('ed25519').privateKey),
  settings: { ...OPTIONS, ACCESSES_TABLE },
  now: () => new Date(NOW * 1000),
  onError: (error) => console.error(error),
});
process.stdout.write(`${url}\n`);
await once(process.stdin.resume(), 'end');
process.exit();
