import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCommand } from '../support/command/cvpn-audit.ts';
import { runHere } from '../support/command/run-here.ts';

const SAVED_ANSWER = join(import.meta.dirname, '../fixtures/describe-client-vpn-connections.json');

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'serve-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const words = (...args: string[]) => ['serve', '--data', data, '--port', '0', '--ec2-port', '0', ...args];

/** What a `serve` that does not begin says. */
async function refused(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, err } = await runHere(words(...args), env);
  expect(code).toBe(1);
  return err;
}

/** Serves until it has printed that, and then until it is stopped. */
async function serve(printed: RegExp, ...args: string[]): Promise<() => Promise<void>> {
  const command = startCommand(words(...args));
  await command.prints(printed);
  return async () => {
    command.interrupt();
    await command.exited;
  };
}

describe('serve says what to do', () => {
  it.each(['--port', '--ec2-port'])('about a port that is in use, for %s', async (option) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await refused(['--simulate', SAVED_ANSWER, option, String(port)])).toBe(
      `cvpn-audit: Port ${port} is in use by another program. Choose another with ${option} N; 0 takes any free one.\n`,
    );
    other.close();
  });

  it('about tables that have one name', async () => {
    expect(await refused(['--simulate', SAVED_ANSWER, '--accesses-table', 'Snapshots'])).toBe(
      'cvpn-audit: Two tables are named "Snapshots"; expected a name of its own for each.\n',
    );
  });

  it('about a folder that cannot be written', async () => {
    const err = await refused(['--simulate', SAVED_ANSWER, '--data', join(SAVED_ANSWER, 'below')]);
    expect(err).toMatch(/^cvpn-audit: The data folder \S+ cannot be written .* --data DIR/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('about a folder in which another one runs, with its process id', async () => {
    const stop = await serve(/2 opened/, '--simulate', SAVED_ANSWER);
    const { pid } = JSON.parse(readFileSync(join(data, 'dynamodb.json'), 'utf8')) as { pid: number };
    const err = await refused(['--simulate', SAVED_ANSWER]);
    expect(err).toContain(`is in use by "cvpn-audit serve" (pid ${pid}). Stop that first`);
    await stop();
  });

  it('about a store that does not answer', async () => {
    const err = await refused(['--simulate', SAVED_ANSWER], { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' });
    expect(err).toMatch(/The DynamoDB at http:\/\/127.0.0.1:1 does not give the tables of the trail: .*ECONNREFUSED/);
  });
});

describe('serve refuses', () => {
  it('another seed for a trail', async () => {
    const stop = await serve(/^ *\d+ %/m, '--simulate', '--seed', '7', '--every', '15m');
    await stop();
    const err = await refused(['--simulate', '--seed', '8']);
    expect(err).toMatch(/holds the simulated company of --seed 7, .* asks for --seed 8.* --data/);
  });

  it('to mix what is simulated with what AWS said', async () => {
    const stop = await serve(/2 opened/, '--simulate', SAVED_ANSWER);
    await stop();
    const aws = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:1' };
    const { code, err } = await runHere(['serve', '--data', data], aws);
    expect(code).toBe(1);
    expect(err).toMatch(/holds a saved answer of the AWS CLI, and this asks for connections recorded from AWS/);
  });
});
