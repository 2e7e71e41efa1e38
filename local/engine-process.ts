import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Runs the engine and ends it when standard input closes, which the kernel does however the parent dies, kill -9
 * included: Node cannot ask for a signal on its parent's death. The engine itself is kept off that pipe.
 */
const GUARDIAN = `
exec 3<&0
"$@" 3<&- </dev/null &
engine=$!
{ read -r _ <&3; kill -TERM $engine; } 2>/dev/null &
watcher=$!
wait $engine
status=$?
kill $watcher 2>/dev/null
exit $status
`;

/** The running engine, or one that has ended. */
export interface EngineProcess {
  /** Settles when the engine has ended, with what it wrote to standard error. */
  readonly ended: Promise<string>;
  /** Whether the engine has ended. */
  hasEnded(): boolean;
  /** Asks the engine to end, and waits until it has. */
  end(): Promise<void>;
}

/** Starts `program`; it ends when this process does. */
export function startEngineProcess(program: string, args: readonly string[]): EngineProcess {
  // A session of its own keeps the terminal's Ctrl-C away: the engine must outlive the recording in progress.
  const child = spawn('sh', ['-c', GUARDIAN, 'sh', program, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = waitForEnd(child);
  return {
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    end: async () => {
      child.stdin?.destroy();
      await ended;
    },
  };
}

function waitForEnd(child: ChildProcess): Promise<string> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4000);
  });
  child.stdin?.on('error', () => {});
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(words.trim()));
  });
}
