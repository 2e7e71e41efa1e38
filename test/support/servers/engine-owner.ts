import { startEmbeddedDynamoDb } from '../../../local/embedded-dynamodb.ts';

// A process of its own, for tests that kill it: says where its engine answers, and goes on running.
const { endpoint } = await startEmbeddedDynamoDb({});
process.stdout.write(`${endpoint}\n`);
