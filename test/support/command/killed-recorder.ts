import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { EC2Client } from '@aws-sdk/client-ec2';
import { record } from '../../../lambda/recorder/recorder.ts';
import { FolderArchive } from '../../../local/folder-archive.ts';
import { loopbackIdentity } from '../../../local/loopback.ts';
import { archiveFolder } from '../../../local/open-archive.ts';
import { openSigningKey, signingKeyFile } from '../../../local/signing-key.ts';
import { holdTrail } from '../../../local/trail-store.ts';
import { RECORDER_OPTIONS } from '../recording/recorder-options.ts';

// A process of its own: records one slot into a data folder, and kills itself with -9 at a chosen write to DynamoDB, or, at the
// moment `archived`, when so many objects were given to the archive. Its embedded engine is left to end as it does in life.
const [data = '', endpoint = '', slot = '', moment = 'before', write = '0'] = process.argv.slice(2);
const CHANNELS: Readonly<Record<string, string>> = {
  before: 'http.client.request.created',
  sent: 'http.client.request.start',
  after: 'http.client.response.finish',
};

const isWrite = (request: ClientRequest) =>
  /\.(PutItem|UpdateItem|TransactWriteItems|BatchWriteItem)$/.test(String(request.getHeader('x-amz-target')));
let seen = 0;
if (CHANNELS[moment])
  subscribe(CHANNELS[moment], (message) => {
    if (!isWrite((message as { request: ClientRequest }).request)) return;
    seen += 1;
    if (seen === Number(write)) process.kill(process.pid, 'SIGKILL');
  });

/** The archive in the data folder; the moment that a chosen object is there may be the last. */
class DeadlyArchive extends FolderArchive {
  #given = 0;

  override async putOnce(key: string, bytes: Uint8Array): Promise<boolean> {
    const stored = await super.putOnce(key, bytes);
    this.#given += 1;
    if (moment === 'archived' && this.#given === Number(write)) process.kill(process.pid, 'SIGKILL');
    return stored;
  }
}

const store = await holdTrail({ data, snapshotsTable: 'Snapshots', connectionsTable: 'Connections', env: {} }, 'test');
const ec2 = new EC2Client({ endpoint, ...loopbackIdentity({}) });
const at = new Date(slot);
const evidence = { archive: new DeadlyArchive(archiveFolder(data)), signer: openSigningKey(signingKeyFile(data)) };
const { failures } = await record(
  { ec2, documents: store.documents, ...evidence, now: () => at },
  RECORDER_OPTIONS,
  at,
);
await store.close();
process.stdout.write(JSON.stringify({ failures, writes: seen }));
