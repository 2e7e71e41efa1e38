import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ConnectionAnswer, ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { proveOutput } from './prove.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/cvpn-audit.ts', import.meta.url));
/** The address that is shown; the port may be taken on the machine that makes the README. */
const SHOWN_API = 'http://127.0.0.1:8790';
/** Rows that are shown of a table. */
const SHOWN_LINES = 12;
/** Node's own sizes of buffers are for programs that say less. */
const LARGEST_OUTPUT_BYTES = 16 * 1024 * 1024;

const run = promisify(execFile);

/** What one command printed. */
interface Printed {
  readonly command: string;
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** What each command prints, asked of a simulated day that has just been recorded. */
export async function askOutputs(): Promise<{ picture: string; ask: string; aws: string; prove: string }> {
  const data = mkdtempSync(join(tmpdir(), 'cvpn-audit-readme-'));
  const serve = spawn(
    process.execPath,
    [PROGRAM, 'serve', '--simulate', '--data', data, '--port', '0', '--ec2-port', '0'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  const ended = once(serve, 'close');
  try {
    const api = await addressWhenRecorded(serve.stdout);
    const { identity: name } = await someConnection(api);
    const prove = await proveOutput({ program: PROGRAM, data, api, name });
    return { picture: await askPicture(api), ask: await askEach(api), aws: await awsOutput(api), prove };
  } finally {
    serve.kill('SIGINT');
    await ended;
    rmSync(data, { recursive: true });
  }
}

async function addressWhenRecorded(stdout: Readable): Promise<string> {
  let printed = '';
  for await (const text of stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    printed += String(text);
    if (printed.includes('Fast-forward done')) break;
  }
  stdout.resume();
  const address = /API +(http:\S+)/.exec(printed)?.[1];
  if (address === undefined) throw new Error(`serve printed no address of its API:\n${printed}`);
  return address;
}

/** The question that the trail is there for. */
async function askPicture(api: string): Promise<string> {
  const { clientIp = '', establishedAt } = await someConnection(api);
  return fenced(show(await ask(api, ['who', '--ip', clientIp, '--at', establishedAt])));
}

async function askEach(api: string): Promise<string> {
  const past = await someConnection(api);
  const { connectionId, identity, clientIp = '', establishedAt } = past;
  const commands = [
    ['who', '--now'],
    ['who', '--ip', clientIp, '--at', establishedAt],
    ['connections', '--user', identity, '--since', '1d'],
    ['connection', connectionId],
    ['usage', connectionId],
    ['endpoints'],
    ['coverage'],
  ];
  const printed: string[] = [];
  for (const words of commands) printed.push(show(await ask(api, words)));
  return fenced(printed.join('\n\n'));
}

/** One that lasted long enough to have a usage worth drawing, and has ended. */
async function someConnection(api: string): Promise<ConnectionAnswer> {
  const answer = await fetch(`${api}/connections?status=terminated&limit=1000`);
  const { connections } = (await answer.json()) as ConnectionsAnswer;
  const isShown = ({ durationSeconds = 0, clientIp, username }: ConnectionAnswer) =>
    durationSeconds > 2400 && durationSeconds < 4 * 3600 && clientIp !== undefined && username !== undefined;
  const found = connections.find(isShown) ?? connections[0];
  if (!found) throw new Error('the simulated day has no connection that ended');
  return found;
}

async function ask(api: string, words: readonly string[]): Promise<Printed> {
  const env = { ...process.env, NO_COLOR: '1', CVPN_AUDIT_API: api };
  const args = [PROGRAM, ...words, '--output', 'table'];
  const { stdout, stderr, code } = await run(process.execPath, args, { env, maxBuffer: LARGEST_OUTPUT_BYTES }).then(
    (said) => ({ ...said, code: 0 }),
    (error: unknown) => error as { stdout: string; stderr: string; code: number },
  );
  // The command tells its exit code by itself: 3 and 4 are answers too.
  if (code === 1 || code === 2) throw new Error(`${words.join(' ')} failed:\n${stderr}`);
  const lines = [...shorten(stdout.trimEnd().split('\n')), ...stderr.trimEnd().split('\n')];
  return { command: `npx cvpn-audit ${words.join(' ')}`, lines, exitCode: code };
}

function shorten(lines: readonly string[]): readonly string[] {
  const most = SHOWN_LINES * 2;
  return lines.length <= most ? lines : [...lines.slice(0, SHOWN_LINES), '…', ...lines.slice(-2)];
}

function show({ command, lines, exitCode }: Printed): string {
  const code = exitCode === 0 ? [] : [`(exit code ${exitCode})`];
  return [`$ ${command}`, ...lines.filter((line) => line !== ''), ...code].join('\n');
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

function fenced(text: string): string {
  return ['```console', text, '```'].join('\n');
}
