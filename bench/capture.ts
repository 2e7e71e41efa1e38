import { CONNECTIONS, SNAPSHOTS } from '../lambda/trail/dynamodb/tables.ts';
import { createTable } from '../local/create-tables.ts';
import { startEmbeddedDynamoDb } from '../local/embedded-dynamodb.ts';
import { lineOf, start, startPageServer } from './processes.ts';
import { dynamoDbClient, OPTIONS } from './trail.ts';

/** AWS's largest endpoint. */
const COUNT = 126_000;
/** Each is measured so often, in processes of their own; the median counts. */
const TIMES = 3;

/** What one measured process says of itself. */
export interface Measured {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/**
 * A whole recording of 126,000 connections, the second of a steady trail: captured, compared, stored and projected;
 * beside only draining the SDK's paginator. Server and store are processes of their own.
 */
export async function benchCapture(): Promise<void> {
  console.log(`${COUNT.toLocaleString('en')} connections; median of ${TIMES}`);
  console.log('                           wall s     CPU s   peak MB');
  const server = await startPageServer(COUNT);
  const recordings: Measured[] = [];
  const drains: Measured[] = [];
  const engine = await startEmbeddedDynamoDb({});
  try {
    await createTable(dynamoDbClient(engine.endpoint), OPTIONS.SNAPSHOTS_TABLE, SNAPSHOTS);
    await createTable(dynamoDbClient(engine.endpoint), OPTIONS.CONNECTIONS_TABLE, CONNECTIONS);
    print('first recording', await measure('record', server.url, engine.endpoint, '0'));
    await server.next();
    // The answers of the second snapshot are made once, before anything is measured.
    await measure('drain', server.url);
    recordings.push(await measure('record', server.url, engine.endpoint, '1'));
    for (let time = 0; time < TIMES; time++) drains.push(await measure('drain', server.url));
    for (let time = 1; time < TIMES; time++)
      recordings.push(await measure('record', server.url, engine.endpoint, String(time + 1)));
  } finally {
    server.close();
    await engine.close();
  }
  const [drain, recording] = [median(drains), median(recordings)];
  print('draining the paginator', drain);
  print('whole recording (1 % new)', recordings[0]);
  print('whole recording, median', recording);
}

async function measure(what: 'record' | 'drain', ...args: string[]): Promise<Measured> {
  const child = start('measured.ts', [what, ...args]);
  const line = await lineOf(child);
  child.stdin?.end();
  return JSON.parse(line) as Measured;
}

function median(all: readonly Measured[]): Measured | undefined {
  return all.toSorted((a, b) => a.wallSeconds - b.wallSeconds)[Math.floor(all.length / 2)];
}

function print(label: string, measured: Measured | undefined): void {
  const { wallSeconds = 0, cpuSeconds = 0, peakMegabytes = 0 } = measured ?? {};
  const cells = [wallSeconds.toFixed(1), cpuSeconds.toFixed(1), peakMegabytes.toFixed(0)].map((cell) =>
    cell.padStart(10),
  );
  console.log(label.padEnd(26) + cells.join(''));
}
