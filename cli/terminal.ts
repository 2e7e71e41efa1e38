import { styleText } from 'node:util';

/** Where a command writes, and what it knows of its surroundings. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Writes a line of what was asked for. */
  readonly line: (text: string) => void;
  /** Writes a line for the person: what is going on, what went wrong. */
  readonly notice: (text: string) => void;
  /**
   * Shows how far something is, 0 to 1: on a terminal as one line that is written over, elsewhere as a line each time
   * another twentieth is done.
   */
  readonly progress: (done: number, text: string) => void;
  /** The text in red, where colours are shown: not in a pipe, not with NO_COLOR. */
  readonly alarm: (text: string) => string;
}

const CLEAR_LINE = '\r\u001B[2K';
const PROGRESS_STEPS = 20;

/** The terminal, or the pipe, that this process was started in. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  let unfinishedLine = false;
  let lastStep = 0;
  const clear = () => {
    if (unfinishedLine) stdout.write(CLEAR_LINE);
    unfinishedLine = false;
  };
  return {
    env,
    line: (text) => {
      clear();
      stdout.write(`${text}\n`);
    },
    notice: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    progress: (done, text) => {
      const step = Math.floor(done * PROGRESS_STEPS);
      if (stdout.isTTY) {
        stdout.write(`${CLEAR_LINE}${text.slice(0, (stdout.columns || 80) - 1)}`);
        unfinishedLine = true;
      } else if (step !== lastStep) {
        stdout.write(`${text}\n`);
      }
      lastStep = step;
    },
    alarm: (text) => styleText('red', text, { stream: stdout }),
  };
}
