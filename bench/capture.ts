import { CONNECTIONS, SNAPSHOTS } from '../lambda/dynamodb/tables.ts';
import { createTable } from '../local/create-tables.ts';
import { startEmbeddedDynamoDb } from '../local/embedded-dynamodb.ts';
import { type Measured, measure, medianOf } from './measuring.ts';
import { startPageServer } from './processes.ts';
import { dynamoDbClient, OPTIONS } from './trail.ts';

/** AWS's largest endpoint. */
const COUNT = 126_000;
/** Each is measured so often, in processes of their own; the median counts. */
const TIMES = 3;

/**
 * A whole recording of 126,000 connections, captured, compared with the snapshot before, stored and projected, beside
 * only draining the SDK's paginator. Server and store are processes of their own, and so is every measured run.
 */
export async function benchCapture(): Promise<void> {
  console.log(`${COUNT.toLocaleString('en')} connections, median of ${TIMES}:`);
  console.log(
    ['', 'wall s', 'CPU s', 'peak MB']
      .map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(10)))
      .join(''),
  );
  const server = await startPageServer(COUNT);
  const engine = await startEmbeddedDynamoDb({});
  try {
    await createTable(dynamoDbClient(engine.endpoint), OPTIONS.SNAPSHOTS_TABLE, SNAPSHOTS);
    await createTable(dynamoDbClient(engine.endpoint), OPTIONS.CONNECTIONS_TABLE, CONNECTIONS);
    await measure('measured.ts', ['begin', server.url, engine.endpoint]);
    await server.next();
    // The server makes its answers once, before anything is measured.
    await measure('measured.ts', ['drain', server.url]);
    const drains = await times((time) => measure('measured.ts', ['drain', server.url, String(time)]));
    const changed = await measure('measured.ts', ['record', server.url, engine.endpoint, '1']);
    const same = await times((time) =>
      measure('measured.ts', ['record', server.url, engine.endpoint, String(time + 2)]),
    );
    print('draining the paginator', drains);
    print('recording, nothing changed', same);
    print('recording, 1 % opened, 1 % ended', [changed]);
  } finally {
    server.close();
    await engine.close();
  }
}

async function times(work: (time: number) => Promise<Measured>): Promise<Measured[]> {
  const all: Measured[] = [];
  for (let time = 0; time < TIMES; time++) all.push(await work(time));
  return all;
}

/** Prints the median run by wall time. */
function print(label: string, all: readonly Measured[]): void {
  const median = medianOf(all);
  const cells = [median.wallSeconds.toFixed(1), median.cpuSeconds.toFixed(1), median.peakMegabytes.toFixed(0)];
  console.log(label.padEnd(34) + cells.map((cell) => cell.padStart(10)).join(''));
}
