import { paginateDescribeClientVpnConnections } from '@aws-sdk/client-ec2';
import { DynamoDbProjection } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { record } from '../../lambda/recorder/recorder.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { sayMeasured } from '../measuring.ts';
import { ENDPOINT, FIRST_CAPTURE } from '../rows.ts';
import { ec2Client, OPTIONS, portsAt, recordAll } from '../trail.ts';

/**
 * A process that does one thing and says what it took: `drain EC2_URL COUNT`, `record EC2_URL DYNAMODB_URL FOLDER SNAPSHOT`,
 * or `begin EC2_URL DYNAMODB_URL FOLDER`, which appends the first snapshot and leaves its connections unprojected: the engine takes
 * minutes for 126,000, and what is measured is the steady recording after it.
 */
const [what, ec2Url = '', store = '', folder = '', snapshot = '0'] = process.argv.slice(2);

async function drain(): Promise<void> {
  let connections = 0;
  const pages = paginateDescribeClientVpnConnections(
    { client: ec2Client(ec2Url), pageSize: 1000 },
    { ClientVpnEndpointId: ENDPOINT },
  );
  for await (const page of pages) connections += page.Connections?.length ?? 0;
  const expected = Number(store);
  if (connections < expected) throw new Error(`only ${connections} connections of ${expected}`);
}

async function recordOnce(): Promise<void> {
  const now = new Date(FIRST_CAPTURE.getTime() + Number(snapshot) * 300_000);
  await recordAll(portsAt(now, ec2Url, store, folder), now);
}

async function beginLog(): Promise<void> {
  const ports = { ...portsAt(FIRST_CAPTURE, ec2Url, store, folder), timeout: () => new AbortController().signal };
  await record(ports, OPTIONS, FIRST_CAPTURE, { deadline: FIRST_CAPTURE });
  const slot = toInstant(FIRST_CAPTURE);
  const projection = new DynamoDbProjection(ports.documents, OPTIONS.CONNECTIONS_TABLE);
  await projection.saveWatermark({ endpointId: ENDPOINT, entry: 0, slot, s: slot, f: slot, unlisted: [] });
}

const WORK: Readonly<Record<string, () => Promise<void>>> = { drain, record: recordOnce, begin: beginLog };

await sayMeasured(async () => WORK[what ?? '']?.());
