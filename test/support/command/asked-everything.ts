import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { EXPORT_FORMATS } from '../../../lambda/export/formats/format.ts';
import { readExport } from '../../../lambda/export/formats/readers.ts';
import { startLocalApi } from '../../../local/local-api.ts';
import { openSigningKey, signingKeyFile } from '../../../local/signing-key.ts';
import { holdTrail } from '../../../local/trail-store.ts';
import { ask } from './asked-api.ts';

/**
 * A program: makes the connections of a data folder again, asks for one of them in every way that there is, and prints what came of
 * it as JSON. Arguments: the folder, the connection, its endpoint, the time at which it asks.
 */
const [data = '', id = '', endpointId = '', at = ''] = process.argv.slice(2);
const now = () => new Date(at);
const tables = { snapshotsTable: 'Snapshots', connectionsTable: 'ConnectionsRebuilt' };

async function run(url: string, words: string[], width?: number) {
  const { code, out, said, terminal } = await ask(url, words, {
    time: { now },
    ...(width === undefined ? {} : { width }),
  });
  return { code, text: [out, said, ...terminal.lines].join('\n') };
}

const verify = (table: string) => run('', ['verify', '--data', data, '--connections-table', table]);

const before = await verify('Connections');
const rebuilt = await run('', ['rebuild', '--data', data]);
const after = await verify(tables.connectionsTable);
const store = await holdTrail({ data, ...tables, accessesTable: 'Accesses', env: {} }, 'test');
const errors: string[] = [];
const server = await startLocalApi({
  port: 0,
  documents: store.documents,
  signer: openSigningKey(signingKeyFile(data)),
  settings: {
    SNAPSHOTS_TABLE: tables.snapshotsTable,
    CONNECTIONS_TABLE: tables.connectionsTable,
    ACCESSES_TABLE: 'Accesses',
    INTERVAL_MINUTES: 5,
    EPSILON_SECONDS: 120,
  },
  now,
  onError: (error) => errors.push(String(error)),
});

const text = async (path: string, body?: string) =>
  (await fetch(`${server.url}${path}`, body === undefined ? {} : { method: 'POST', body })).text();
const json = async <Answer>(path: string) => JSON.parse(await text(path)) as Answer;

type Members = Readonly<Record<string, unknown>>;
type OpenApi = { readonly components: { readonly schemas: { readonly Connection: { readonly properties: Members } } } };

async function exported(format: (typeof EXPORT_FORMATS)[number]) {
  const file = join(data, `all.${format}`);
  const made = await run(server.url, ['export', '--format', format, '--evidence', '--out', file]);
  const records = (await Array.fromAsync(readExport(format, file))).filter(({ connectionId }) => connectionId === id);
  return { made, records: records.map(({ fields }) => fields), verified: await run('', ['verify', file]) };
}

const scanned = await store.documents.send(new ScanCommand({ TableName: tables.connectionsTable }));
const query = new URLSearchParams({ Action: 'DescribeClientVpnConnections', ClientVpnEndpointId: endpointId });
const said = {
  before,
  rebuilt,
  after,
  item: scanned.Items?.find(({ connectionId }) => connectionId === id),
  answer: await json<{ readonly connection: Members }>(`/connections/${id}`),
  now: await json<{ readonly connections: readonly Members[] }>('/connections?at=now'),
  history: await json<{ readonly sightings: readonly { readonly row: Members }[] }>(`/connections/${id}/history`),
  described: await json<OpenApi>('/openapi.json'),
  lines: await run(server.url, ['connection', id], 100),
  csv: await run(server.url, ['connections', '--connection-id', id, '--output', 'csv']),
  ec2: await text('/', query.toString()),
  exports: {
    csv: await exported('csv'),
    ndjson: await exported('ndjson'),
    parquet: await exported('parquet'),
    ocsf: await exported('ocsf'),
  },
  errors,
};
/** What the program prints. */
export type Said = typeof said;

await server.close();
await store.close();
console.log(JSON.stringify(said, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
