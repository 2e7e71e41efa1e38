import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCommand, runCommand, startCommand } from '../support/command/cvpn-audit.ts';

const SAVED_ANSWER = join(import.meta.dirname, '../fixtures/describe-client-vpn-connections.json');

let data: string;
let running: RunningCommand[];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'serve-'));
  running = [];
});
afterEach(async () => {
  for (const command of running) command.interrupt();
  await Promise.all(running.map(({ exited }) => exited));
  rmSync(data, { recursive: true });
});

function serve(...args: string[]): RunningCommand {
  const command = startCommand(['serve', '--data', data, '--port', '0', '--ec2-port', '0', ...args]);
  running.push(command);
  return command;
}

describe('serve says what to do', () => {
  it.each(['--port', '--ec2-port'])('about a port that is in use, for %s', async (option) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const command = serve('--simulate', SAVED_ANSWER, option, String(port));
    expect(await command.exited).toBe(1);
    expect(command.written.err).toBe(
      `cvpn-audit: Port ${port} is in use by another program. Choose another with ${option} N; 0 takes any free one.\n`,
    );
    other.close();
  });

  it('about tables that have one name', async () => {
    const command = serve('--simulate', SAVED_ANSWER, '--accesses-table', 'Snapshots');
    expect(await command.exited).toBe(1);
    expect(command.written.err).toBe(
      'cvpn-audit: Two tables are named "Snapshots"; expected a name of its own for each.\n',
    );
  });

  it('about a folder that cannot be written', async () => {
    const command = serve('--simulate', SAVED_ANSWER, '--data', join(SAVED_ANSWER, 'below'));
    expect(await command.exited).toBe(1);
    expect(command.written.err).toMatch(/^cvpn-audit: The data folder \S+ cannot be written .* --data DIR/);
    expect(command.written.err).not.toMatch(/\n\s+at /);
  });

  it('about a folder in which another one runs, with its process id', async () => {
    const first = serve('--simulate', SAVED_ANSWER);
    await first.prints(/2 opened/);
    const { pid } = JSON.parse(readFileSync(join(data, 'dynamodb.json'), 'utf8')) as { pid: number };
    const second = serve('--simulate', SAVED_ANSWER);
    expect(await second.exited).toBe(1);
    expect(second.written.err).toContain(`is in use by "cvpn-audit serve" (pid ${pid}). Stop that first`);
  });

  it('about a store that does not answer', async () => {
    const store = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' };
    const { code, err } = await runCommand(
      ['serve', '--simulate', SAVED_ANSWER, '--data', data, '--port', '0', '--ec2-port', '0'],
      store,
    );
    expect(code).toBe(1);
    expect(err).toMatch(/The DynamoDB at http:\/\/127.0.0.1:1 does not give the tables of the trail: .*ECONNREFUSED/);
  });
});

describe('serve refuses', () => {
  it('another seed for a trail', async () => {
    const first = serve('--simulate', '--seed', '7', '--every', '15m');
    await first.prints(/^ *\d+ %/m);
    first.interrupt();
    await first.exited;
    const { code, err } = await runCommand([
      'serve',
      '--simulate',
      '--seed',
      '8',
      '--data',
      data,
      '--port',
      '0',
      '--ec2-port',
      '0',
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/holds the simulated company of --seed 7, .* asks for --seed 8.* --data/);
  });

  it('to mix what is simulated with what AWS said', async () => {
    const first = serve('--simulate', SAVED_ANSWER);
    await first.prints(/2 opened/);
    first.interrupt();
    await first.exited;
    const aws = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:1' };
    const { code, err } = await runCommand(['serve', '--data', data], aws);
    expect(code).toBe(1);
    expect(err).toMatch(/holds a saved answer of the AWS CLI, and this asks for connections recorded from AWS/);
  });
});
