import { once } from 'node:events';
import { closeSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { printableLines as safe } from '../words/printable.ts';
import { EXIT } from './exit-codes.ts';

/** Where a command writes, and what it knows of its surroundings. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /**
   * Writes a line of what was asked for, safe to show.
   *
   * @param alarm - its end, which tells what went wrong: in red, where colours are shown
   */
  readonly line: (text: string, alarm?: string) => void;
  /** Writes a piece of what was asked for, as it is. Resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /** Writes a line for the person, safe to show: what is going on, what went wrong. A warning is yellow. */
  readonly notice: (text: string, kind?: 'warning') => void;
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
  /** Asks the person for a line, with echo; absent where nobody is there to answer. Empty where the person gave none. */
  readonly ask?: ((question: string, signal: AbortSignal) => Promise<string>) | undefined;
  /** Columns of the terminal that shows what was asked for; undefined where it goes into a pipe or a file. */
  readonly width: () => number | undefined;
  /** The text in red, where colours are shown: not in a pipe, not with NO_COLOR. */
  readonly alarm: (text: string) => string;
  /** The text in bold, where {@link alarm} is red. */
  readonly strong: (text: string) => string;
}

interface ProcessTerminal extends Terminal {
  /** Resolves when all that was written is where it belongs; a process that ends earlier leaves some of it behind. */
  readonly end: () => Promise<void>;
}

const CLEAR_LINE = '\r\u001B[2K';
const PROGRESS_STEPS = 20;
const CALLS_A_LINE = 10;
const DEFAULT_WIDTH = 80;

/** What a terminal is made of: a process's streams and environment. */
export type TerminalParts = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env'>;

/**
 * The terminal, or the pipe, that this process was started in. What cannot be written whole ends the process with a message,
 * which the trail survives like any crash; where only nobody reads any more (`| head`), without a word.
 */
export function processTerminal({ stdin, stdout, stderr, env }: TerminalParts = process): ProcessTerminal {
  const out = wholeWriter(stdout, (error) => {
    if (error.code !== 'EPIPE')
      say(
        `cvpn-audit: not everything could be written to standard output (${error.message}): what is there is not whole. Make room, or write to another place, and ask again.\n`,
      );
    process.exit(EXIT.failed);
  });
  const err = wholeWriter(stderr, () => process.exit(EXIT.failed));
  const onStdout = overwrittenLine(stdout, out.write);
  const onStderr = overwrittenLine(stderr, err.write);
  let lastStep = 0;
  let calls = 0;
  const clear = () => {
    onStdout.clear();
    onStderr.clear();
  };
  const say = (text: string) => {
    clear();
    void err.write(text);
  };
  return {
    env,
    line: (text, alarm = '') => {
      clear();
      void out.write(`${safe(text)}${alarm && styleText('red', safe(alarm), { stream: stdout })}\n`);
    },
    write: (text) => {
      clear();
      return out.write(text);
    },
    notice: (text, kind) => say(`${kind ? styleText('yellow', safe(text), { stream: stderr }) : safe(text)}\n`),
    progress: (done, text) => {
      const step = Math.floor(done * PROGRESS_STEPS);
      if (stdout.isTTY) onStdout.show(text);
      else if (step !== lastStep) void out.write(`${safe(text)}\n`);
      lastStep = step;
    },
    count: (text) => {
      calls += 1;
      if (stderr.isTTY) onStderr.show(text);
      else if (calls % CALLS_A_LINE === 0) say(`${safe(text)}\n`);
    },
    ask:
      stdin.isTTY && stderr.isTTY
        ? (question, signal) => {
            clear();
            return askLine(stdin, stderr, safe(question), signal);
          }
        : undefined,
    width: () => (stdout.isTTY ? stdout.columns || DEFAULT_WIDTH : undefined),
    alarm: (text) => styleText('red', text, { stream: stdout }),
    strong: (text) => styleText('bold', text, { stream: stdout }),
    end: async () => {
      await Promise.all([out.end(), err.end()]);
    },
  };
}

/** Reads a line as the terminal gives it: with its own echo and editing, and Ctrl-C as everywhere. */
async function askLine(input: NodeJS.ReadStream, output: NodeJS.WriteStream, question: string, signal: AbortSignal) {
  const reader = createInterface({ input, output, terminal: false });
  const closed = once(reader, 'close').then(() => '');
  try {
    return await Promise.race([reader.question(question, { signal }), closed]);
  } finally {
    reader.close();
  }
}

/**
 * Writes every byte, or tells why not. Into a file Node's own streams write what there is room for and report success, so
 * that is done here.
 */
function wholeWriter(
  stream: NodeJS.WriteStream & { readonly fd?: number },
  onLost: (error: NodeJS.ErrnoException) => void,
) {
  const { fd } = stream;
  if (typeof fd !== 'number' || stream instanceof Socket) {
    stream.on('error', onLost);
    // A failed write is an event of the stream; who waits for room must not be told of some.
    const write = (text: string) =>
      new Promise<void>((resolve) => {
        stream.write(text, (error) => (error ? undefined : resolve()));
      });
    return { write, end: () => write('') };
  }
  const attempt = async (work: () => void) => {
    try {
      work();
    } catch (error) {
      onLost(error as NodeJS.ErrnoException);
    }
  };
  // A file system across the network may say only at the end that there was no room.
  return { write: (text: string) => attempt(() => writeFileSync(fd, text)), end: () => attempt(() => closeSync(fd)) };
}

/** A line that the next one is written over. */
function overwrittenLine(stream: NodeJS.WriteStream, write: (text: string) => Promise<void>) {
  let unfinished = false;
  return {
    show: (text: string) => {
      void write(`${CLEAR_LINE}${safe(text).slice(0, (stream.columns || DEFAULT_WIDTH) - 1)}`);
      unfinished = true;
    },
    clear: () => {
      if (unfinished) void write(CLEAR_LINE);
      unfinished = false;
    },
  };
}
