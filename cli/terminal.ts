import { styleText } from 'node:util';

/** Where a command writes, and what it knows of its surroundings. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Writes a line of what was asked for. */
  readonly line: (text: string) => void;
  /** Writes a piece of what was asked for, as it is. Resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /** Writes a line for the person: what is going on, what went wrong. */
  readonly notice: (text: string) => void;
  /**
   * Shows how far something is, 0 to 1: on a terminal as one line that is written over, elsewhere as a line each time
   * another twentieth is done.
   */
  readonly progress: (done: number, text: string) => void;
  /**
   * Shows the person how much was counted so far, beside what was asked for: on a terminal as one line that is written
   * over, elsewhere as a line at each tenth call.
   */
  readonly count: (text: string) => void;
  /** Columns of the terminal that shows what was asked for; undefined where it goes into a pipe or a file. */
  readonly width: () => number | undefined;
  /** The text in red, where colours are shown: not in a pipe, not with NO_COLOR. */
  readonly alarm: (text: string) => string;
  /** The text in bold, where {@link alarm} is red. */
  readonly strong: (text: string) => string;
  /** The text of a {@link notice} in yellow, where colours are shown. */
  readonly warning: (text: string) => string;
}

const CLEAR_LINE = '\r\u001B[2K';
const PROGRESS_STEPS = 20;
const CALLS_A_LINE = 10;
const DEFAULT_WIDTH = 80;

/** What a terminal is made of: a process's streams and environment. */
export type TerminalParts = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'env'>;

/** The terminal, or the pipe, that this process was started in. */
export function processTerminal({ stdout, stderr, env }: TerminalParts = process): Terminal {
  const onStdout = overwrittenLine(stdout);
  const onStderr = overwrittenLine(stderr);
  let lastStep = 0;
  let calls = 0;
  const clear = () => {
    onStdout.clear();
    onStderr.clear();
  };
  return {
    env,
    line: (text) => {
      clear();
      stdout.write(`${text}\n`);
    },
    write: (text) => {
      clear();
      // A failed write is an event of the stream; who waits for room must not be told of some.
      return new Promise((resolve) => {
        stdout.write(text, (error) => (error ? undefined : resolve()));
      });
    },
    notice: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    progress: (done, text) => {
      const step = Math.floor(done * PROGRESS_STEPS);
      if (stdout.isTTY) onStdout.show(text);
      else if (step !== lastStep) stdout.write(`${text}\n`);
      lastStep = step;
    },
    count: (text) => {
      calls += 1;
      if (stderr.isTTY) onStderr.show(text);
      else if (calls % CALLS_A_LINE === 0) stderr.write(`${text}\n`);
    },
    width: () => (stdout.isTTY ? stdout.columns || DEFAULT_WIDTH : undefined),
    alarm: (text) => styleText('red', text, { stream: stdout }),
    strong: (text) => styleText('bold', text, { stream: stdout }),
    warning: (text) => styleText('yellow', text, { stream: stderr }),
  };
}

/** A line that the next one is written over. */
function overwrittenLine(stream: NodeJS.WriteStream) {
  let unfinished = false;
  return {
    show: (text: string) => {
      stream.write(`${CLEAR_LINE}${text.slice(0, (stream.columns || DEFAULT_WIDTH) - 1)}`);
      unfinished = true;
    },
    clear: () => {
      if (unfinished) stream.write(CLEAR_LINE);
      unfinished = false;
    },
  };
}
