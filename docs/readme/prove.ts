import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FILE = 'connections.csv';

/** Where a recorded day can be proven. */
export interface ProvenDay {
  readonly program: string;
  /** The data folder, and the address of its API. */
  readonly data: string;
  readonly api: string;
  /** A name that stands in the export. */
  readonly name: string;
}

/** What proving prints: the trail, an export, and the same export after somebody has changed a name in it. */
export async function proveOutput(day: ProvenDay): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-readme-'));
  try {
    const verified = await say(day, folder, ['verify'], ['--data', day.data, '--output', 'table']);
    const exported = await say(day, folder, [
      'export',
      '--since',
      '12h',
      '--format',
      'csv',
      '--out',
      FILE,
      '--evidence',
    ]);
    const proven = await say(day, folder, ['verify', FILE], ['--output', 'table']);
    const changed = changeName(join(folder, FILE), day.name);
    const found = await say(day, folder, ['verify', FILE], ['--output', 'table']);
    return ['```console', verified, '', exported, '', proven, '', changed, found, '```'].join('\n');
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

async function say(
  day: ProvenDay,
  cwd: string,
  words: readonly string[],
  hidden: readonly string[] = [],
): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', CVPN_AUDIT_API: day.api };
  const { stdout, stderr, code } = await run(process.execPath, [day.program, ...words, ...hidden], { env, cwd }).then(
    (said) => ({ ...said, code: 0 }),
    (error: unknown) => error as { stdout: string; stderr: string; code: number },
  );
  if (code === 1 || code === 2) throw new Error(`${words.join(' ')} failed:\n${stderr}`);
  const lines = `${stdout}${stderr}`.replaceAll(day.data, './cvpn-audit-data').split('\n');
  // Of its progress a terminal shows one line, which is written over.
  const shown = lines.filter((line) => line !== '' && !/entries verified|ed with the log| …$/.test(line));
  return [`$ npx cvpn-audit ${words.join(' ')}`, ...shown, ...(code === 0 ? [] : [`(exit code ${code})`])].join('\n');
}
