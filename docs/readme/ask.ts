import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionAnswer, ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { SECOND_PLACE } from '../../local/simulated-client-vpn/place.ts';
import { startCommand } from '../../test/support/command/cvpn-audit.ts';
import { fenced, type ShownTrail, showCommand } from './command.ts';

/** The address that is shown; the port may be taken on the machine that makes the README. */
const SHOWN_API = 'http://127.0.0.1:8790';

/** What each command prints, asked of a simulated day that has just been recorded. */
export async function askOutputs(): Promise<
  Record<'picture' | 'ask' | 'reports' | 'aws' | 'prove' | 'doctor', string>
> {
  const data = mkdtempSync(join(tmpdir(), 'cvpn-audit-readme-'));
  const serve = startCommand(['serve', '--simulate', '--data', data, '--port', '0', '--ec2-port', '0']);
  try {
    const [, api = ''] = await serve.prints(/API +(http:\S+)\n/);
    await serve.prints(/Fast-forward done/);
    const trail = { data, api };
    const { identity: name } = await someConnection(api);
    const prove = await proveOutput(trail, name);
    return {
      picture: await askPicture(trail),
      ask: await askEach(trail),
      reports: await askAll(trail, REPORTS),
      aws: await awsOutput(api),
      prove,
      doctor: fenced(await showCommand(trail, ['doctor'], ['--data', data, '--output', 'table'])),
    };
  } finally {
    serve.interrupt();
    await serve.exited;
    rmSync(data, { recursive: true });
  }
}

/** What a trail of two accounts prints, asked of a simulated day in longer steps. */
export async function accountsOutput(): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'cvpn-audit-readme-'));
  const words = ['serve', '--simulate', '--accounts', '--every', '15m'];
  const serve = startCommand([...words, '--data', data, '--port', '0', '--ec2-port', '0']);
  try {
    const [, api = ''] = await serve.prints(/API +(http:\S+)\n/);
    await serve.prints(/Fast-forward done/);
    return await askAll({ data, api }, ACCOUNTS);
  } finally {
    serve.interrupt();
    await serve.exited;
    rmSync(data, { recursive: true });
  }
}

const ACCOUNTS = [
  ['endpoints'],
  ['connections', '--account', SECOND_PLACE.account, '--since', '1d', '--limit', '3'],
  ['report', 'usage', '--by', 'account', '--since', '1d'],
];

async function askPicture(trail: ShownTrail): Promise<string> {
  const { clientIp = '', establishedAt } = await someConnection(trail.api);
  return fenced(await ask(trail, ['who', '--ip', clientIp, '--at', establishedAt]));
}

async function askEach(trail: ShownTrail): Promise<string> {
  const { connectionId, identity, clientIp = '', establishedAt } = await someConnection(trail.api);
  return askAll(trail, [
    ['who', '--now'],
    ['who', '--ip', clientIp, '--at', establishedAt],
    ['connections', '--user', identity, '--since', '1d'],
    ['connection', connectionId],
    ['usage', connectionId],
    ['endpoints'],
    ['coverage'],
  ]);
}

/** Of a day, which is what the example has. */
const REPORTS = [
  ['report', 'usage', '--by', 'user', '--since', '1d'],
  ['report', 'usage', '--by', 'hour', '--since', '6h', '--tz', 'Europe/Berlin'],
  ['report', 'concurrency', '--since', '1d'],
  ['report', 'review', '--since', '1d'],
  ['report', 'findings', '--since', '12h', '--history', '12h', '--rule', 'two-places', '--rule', 'changed-hands'],
];

async function askAll(trail: ShownTrail, commands: readonly (readonly string[])[]): Promise<string> {
  const printed: string[] = [];
  for (const words of commands) printed.push(await ask(trail, words));
  return fenced(printed.join('\n\n'));
}

const ask = (trail: ShownTrail, words: readonly string[]) => showCommand(trail, words, ['--output', 'table']);

/** A name that a shell takes for nothing else. */
const PLAIN_NAME = /^[\w.-]+$/;

/** One that lasted long enough to have a usage worth drawing, and has ended. */
async function someConnection(api: string): Promise<ConnectionAnswer> {
  const answer = await fetch(`${api}/connections?status=terminated&limit=1000`);
  const { connections } = (await answer.json()) as ConnectionsAnswer;
  const isShown = ({ durationSeconds = 0, clientIp, username = '' }: ConnectionAnswer) =>
    durationSeconds > 2400 && durationSeconds < 4 * 3600 && clientIp !== undefined && PLAIN_NAME.test(username);
  const found = connections.find(isShown) ?? connections[0];
  if (!found) throw new Error('the simulated day has no connection that ended');
  return found;
}

async function awsOutput(api: string): Promise<string> {
  const { endpointId, identity } = await someConnection(api);
  const filters = `Name=username,Values=${identity}`;
  const body = new URLSearchParams({
    Action: 'DescribeClientVpnConnections',
    Version: '2016-11-15',
    ClientVpnEndpointId: endpointId,
    'Filter.1.Name': 'username',
    'Filter.1.Value.1': identity,
    MaxResults: '5',
  });
  const answer = await fetch(`${api}/`, { method: 'POST', body, headers: { Authorization: 'AWS4-HMAC-SHA256 any' } });
  const rows = (await answer.text()).split('<item><clientVpnEndpointId>').slice(1);
  if (rows.length === 0) throw new Error('the EC2-compatible address answers no row');
  const command = [
    `aws ec2 describe-client-vpn-connections --endpoint-url ${SHOWN_API} \\`,
    `    --client-vpn-endpoint-id ${endpointId} --filters ${filters} \\`,
    "    --query 'Connections[].[ConnectionId,Username,ClientIp,ConnectionEstablishedTime,ConnectionEndTime]' --output text",
  ].join('\n');
  return fenced([`$ ${command}`, ...rows.map(textRow)].join('\n'));
}

/** A row as the AWS CLI prints it with that query: AWS's values, as they came, with tabs between. */
function textRow(row: string): string {
  const names = ['connectionId', 'username', 'clientIp', 'connectionEstablishedTime', 'connectionEndTime'];
  return names.map((name) => new RegExp(`<${name}>([^<]*)<`).exec(row)?.[1] ?? 'None').join('\t');
}

/** The export that is shown. */
const FILE = 'connections.csv';

/**
 * What proving prints: the trail, an export, and the same export after somebody has changed a name in it.
 *
 * @param name one that stands in the export
 */
async function proveOutput(trail: ShownTrail, name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-readme-'));
  const exporting = ['export', '--since', '12h', '--format', 'csv', '--out', FILE, '--evidence'];
  const verify = () => showCommand(trail, ['verify', FILE], ['--output', 'table'], folder);
  try {
    const verified = await showCommand(trail, ['verify'], ['--data', trail.data, '--output', 'table'], folder);
    const exported = await showCommand(trail, exporting, [], folder);
    const proven = await verify();
    const changed = changeName(join(folder, FILE), name);
    return fenced(verified, '', exported, '', proven, '', changed, await verify());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Does what the shown command does. */
function changeName(file: string, name: string): string {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(name)) throw new Error(`the export does not have ${name}`);
  writeFileSync(file, text.replaceAll(name, 'somebody.else'));
  return `$ sed -i 's/${name}/somebody.else/' ${FILE}`;
}
