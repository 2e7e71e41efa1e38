import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, join } from 'node:path';

/** Node keeps what it has compiled there: the commands of many tests start in half the time. */
const COMPILED = join(import.meta.dirname, '../../../node_modules/.cache/compiled');
/** Another Node and an installed package, `NODE:PROGRAM`, in place of the checkout: `.ci/packed` runs these tests on them. */
const INSTALLED = process.env.CVPN_AUDIT_TESTED?.split(':');
const [NODE = '', PROGRAM = ''] = INSTALLED ?? [
  process.execPath,
  join(import.meta.dirname, '../../../bin/cvpn-audit.ts'),
];
/** The engine that the tests run on, and the guard of what is asked of it, which needs the checkout's Node. */
const ENGINE = {
  ...(INSTALLED ? {} : { NODE_OPTIONS: `--import ${join(import.meta.dirname, '../dynamodb/guard.ts')}` }),
  CVPN_AUDIT_ENGINE: process.env.CVPN_AUDIT_ENGINE,
  MOTO_SERVER: process.env.MOTO_SERVER,
};

/** The command in a process of its own. */
export interface RunningCommand {
  /** All that it has written to standard output and to standard error. */
  readonly written: { out: string; err: string };
  /** Resolves with the match as soon as standard output has it; rejects where the command ends without. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** As Ctrl-C does. */
  interrupt(): void;
  /** The exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Starts the command with an environment that knows of no AWS, but for what `env` adds, in this folder unless another is named. */
export function startCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string): RunningCommand {
  const child = spawn(NODE, [PROGRAM, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      HOME: '/nonexistent',
      NODE_COMPILE_CACHE: COMPILED,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...ENGINE,
      ...env,
    },
  });
  const written = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.err += text));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return {
    written,
    prints: (pattern) => waitFor(child, written, pattern),
    interrupt: () => child.kill('SIGINT'),
    exited,
  };
}

/** Runs the command to its end. */
export async function runCommand(...given: Parameters<typeof startCommand>) {
  const { written, exited } = startCommand(...given);
  const code = await exited;
  return { code, ...written };
}

/**
 * Runs a shell's script in which `audit` is the command.
 *
 * @returns the script's exit code and what it wrote
 */
export function runScript(script: string, env: NodeJS.ProcessEnv = {}) {
  // What was compiled is kept by a command that may write as much as it likes.
  const cache = script.includes('ulimit') ? {} : { NODE_COMPILE_CACHE: COMPILED };
  const named = `audit() { '${NODE}' '${PROGRAM}' "$@"; }\n${script}`;
  const surroundings = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
  return new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile('/bin/sh', ['-c', named], { env: { ...surroundings, ...cache, ...env } }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });
}

function waitFor(
  child: ChildProcess,
  written: { out: string; err: string },
  pattern: RegExp,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(written.out);
      if (match) resolve(match);
    };
    child.stdout?.on('data', look);
    child.once('close', () =>
      reject(new Error(`The command ended without printing ${pattern}:\n${written.out}${written.err}`)),
    );
    look();
  });
}
