import { PassThrough, Writable } from 'node:stream';
import { setImmediate } from 'node:timers';
import { WriteStream } from 'node:tty';
import { processTerminal, type TerminalParts } from '../../../cli/terminal.ts';

/** A stream that keeps what is written to it, on a terminal of 20 columns or into a pipe; a slow one takes a piece a turn. */
function keep(isTTY: boolean, isSlow: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  let written = '';
  const stream = new Writable({
    write(chunk, _, done) {
      const take = () => {
        written += String(chunk);
        done();
      };
      if (isSlow) setImmediate(take);
      else take();
    },
  });
  // How many colours there are, Node tells from the environment, as on any terminal.
  const getColorDepth = (env?: object) => WriteStream.prototype.getColorDepth(env);
  const terminal = isTTY ? { isTTY, columns: 20, getColorDepth } : { isTTY };
  return { stream: Object.assign(stream, terminal) as unknown as NodeJS.WriteStream, text: () => written };
}

/** A process's terminal, and what was written on its two streams. */
export function keptTerminal({
  isTTY = false,
  isSlow = false,
  env = {},
  stdin = new PassThrough(),
}: {
  readonly isTTY?: boolean;
  readonly isSlow?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** What the person types. */
  readonly stdin?: PassThrough;
} = {}) {
  const [out, err] = [keep(isTTY, isSlow), keep(isTTY, isSlow)];
  const parts = {
    stdin: Object.assign(stdin, { isTTY }),
    stdout: out.stream,
    stderr: err.stream,
    env,
  } as unknown as TerminalParts;
  return { terminal: processTerminal(parts), out, err };
}
