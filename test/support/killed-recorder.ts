import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { EC2Client } from '@aws-sdk/client-ec2';
import { record } from '../../lambda/recorder/recorder.ts';
import { loopbackIdentity } from '../../local/loopback.ts';
import { holdTrail } from '../../local/trail-store.ts';
import { RECORDER_OPTIONS } from './recorder-options.ts';

// A process of its own: records one slot into a data folder, and kills itself with -9 at a chosen write to DynamoDB. Its
// embedded engine is left to end as it does in life.
const [data = '', endpoint = '', slot = '', moment = 'before', write = '0'] = process.argv.slice(2);
const CHANNELS: Readonly<Record<string, string>> = {
  before: 'http.client.request.created',
  sent: 'http.client.request.start',
  after: 'http.client.response.finish',
};

const isWrite = (request: ClientRequest) =>
  /\.(PutItem|UpdateItem|TransactWriteItems|BatchWriteItem)$/.test(String(request.getHeader('x-amz-target')));
let seen = 0;
subscribe(CHANNELS[moment] ?? '', (message) => {
  if (!isWrite((message as { request: ClientRequest }).request)) return;
  seen += 1;
  if (seen === Number(write)) process.kill(process.pid, 'SIGKILL');
});

const store = await holdTrail({ data, snapshotsTable: 'Snapshots', connectionsTable: 'Connections', env: {} }, 'test');
const ec2 = new EC2Client({ endpoint, ...loopbackIdentity({}) });
const at = new Date(slot);
const { failures } = await record({ ec2, documents: store.documents, now: () => at }, RECORDER_OPTIONS, at);
await store.close();
process.stdout.write(JSON.stringify({ failures, writes: seen }));
