import { readFileSync } from 'node:fs';
import { runProgram } from '../../cli/program.ts';
import { processTerminal } from '../../cli/terminal.ts';
import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { DynamoDbTrailReads } from '../../lambda/dynamodb/trail-reads.ts';
import type { SignedManifest } from '../../lambda/trail/export-manifest.ts';
import { sayMeasured } from '../measuring.ts';
import { COMPANY_ENDPOINTS } from '../query/company.ts';
import { instantOf } from '../query/recording.ts';
import { DAY } from '../query/visits.ts';
import { dynamoDbClient, OPTIONS } from '../trail.ts';

/**
 * A process that does one thing with the connections that began from one day to another, both inclusive, counted since 1970, and
 * says what it took: `read FIRST LAST ROWS DYNAMODB_URL`, the items of their index; `ask FIRST LAST ROWS API_URL`, the API's
 * answers; or `FORMAT FIRST LAST ROWS API_URL FILE`, the export. It fails where there are not so many.
 */
const [what = '', first = '', last = '', rows = '', url = '', file = ''] = process.argv.slice(2);
const window = { since: instantOf(Number(first) * DAY), until: instantOf((Number(last) + 1) * DAY - 1) };

async function read(): Promise<number> {
  const reads = new DynamoDbTrailReads(documentClient(dynamoDbClient(url)), {
    snapshotsTable: OPTIONS.SNAPSHOTS_TABLE,
    connectionsTable: OPTIONS.CONNECTIONS_TABLE,
    now: () => new Date(),
  });
  let read = 0;
  for (let day = Number(last); day >= Number(first); day--) {
    for (const { id } of COMPANY_ENDPOINTS) {
      const stretch = { index: 'byEndpointDay', partition: `${id}#${instantOf(day * DAY).slice(0, 10)}` };
      let page = await reads.readIndex(stretch, 1000);
      read += page.connections.length;
      while (page.next) {
        page = await reads.readIndex(stretch, 1000, page.next);
        read += page.connections.length;
      }
    }
  }
  return read;
}

async function ask(): Promise<number> {
  let asked = 0;
  const query = new URLSearchParams({ ...window, match: 'started', limit: '1000' });
  do {
    const response = await fetch(`${url}/connections?${query.toString()}`);
    const answer = (await response.json()) as { connections: readonly unknown[]; cursor?: string };
    asked += answer.connections.length;
    if (answer.cursor === undefined) query.delete('cursor');
    else query.set('cursor', answer.cursor);
  } while (query.has('cursor'));
  return asked;
}

async function write(): Promise<number> {
  const terminal = { ...processTerminal(), count: () => undefined, notice: () => undefined };
  const { since, until } = window;
  const question = ['--since', since, '--until', until, '--match', 'started'];
  await runProgram(['export', ...question, '--format', what, '--out', file, '--api', url], terminal);
  const { manifest } = JSON.parse(readFileSync(`${file}.manifest.json`, 'utf8')) as SignedManifest;
  return manifest.rows;
}

await sayMeasured(async () => {
  const found = await ({ read, ask }[what] ?? write)();
  if (found !== Number(rows)) throw new Error(`${what}: expected ${rows} connections, got ${found}`);
});
