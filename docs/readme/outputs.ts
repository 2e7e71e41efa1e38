import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCommand } from '../../test/support/command/cvpn-audit.ts';
import { fenced } from './command.ts';

/** The ports that are used unless others are named; they may be taken on the machine that makes the README. */
const DEFAULT_PORTS = { api: 8790, ec2: 8791 };
/** The folder that the example is recorded into: a trail is simulated from one source only. */
const EXAMPLE = './example-data';
const FIXTURE = 'test/fixtures/describe-client-vpn-connections.json';

/** What `npm start` prints, from a first start to Ctrl-C; of its progress the first line and the last. */
export async function startOutput(): Promise<string> {
  const lines = await linesPrintedBy(['serve', '--simulate'], /Fast-forward done/);
  const shown = lines.flatMap((line) => {
    if (line.startsWith('  5 %')) return [line, '  …'];
    // When the next recording is due, or whether one is due already, depends on the minute.
    return /^ *\d\d? % |next recording|write units|^Stopping/.test(line) ? [] : [line];
  });
  return fenced('$ npm start', ...shown);
}

/** What `serve` prints for AWS's own example, from a first start to Ctrl-C, without the header that `startOutput` shows. */
export async function savedAnswerOutput(): Promise<string> {
  const lines = await linesPrintedBy(['serve', '--simulate', FIXTURE], /write units/, EXAMPLE);
  const shown = lines.filter((line) => /write units|^Stopped/.test(line));
  return fenced(`$ npx cvpn-audit serve --data ${EXAMPLE} --simulate ${FIXTURE}`, ...shown);
}

/** Runs the command in a folder of its own until it has printed the pattern, then stops it as Ctrl-C does. */
async function linesPrintedBy(
  args: readonly string[],
  until: RegExp,
  shownFolder = './cvpn-audit-data',
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-readme-'));
  const data = join(folder, 'cvpn-audit-data');
  const command = startCommand([...args, '--data', data, '--port', '0', '--ec2-port', '0']);
  await command.prints(until);
  command.interrupt();
  await command.exited;
  rmSync(folder, { recursive: true });
  const printed = command.written.out;
  const [, ec2 = ''] = /Client VPN at http:\/\/127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
  const [, api = ''] = /API +http:\/\/127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
  return (
    printed
      .replaceAll(data, shownFolder)
      .replaceAll(`127.0.0.1:${ec2}`, `127.0.0.1:${DEFAULT_PORTS.ec2}`)
      // With the default port the suggestions do not name it.
      .replaceAll(` --api http://127.0.0.1:${api}`, '')
      .replaceAll(` --data ${shownFolder}`, '')
      .replaceAll(`127.0.0.1:${api}`, `127.0.0.1:${DEFAULT_PORTS.api}`)
      .trimEnd()
      .split('\n')
  );
}
