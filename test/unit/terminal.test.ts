import { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { processTerminal, type TerminalParts } from '../../cli/terminal.ts';

/** A stream that keeps what is written to it, on a terminal of 20 columns or into a pipe. */
function keep(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  let written = '';
  const stream = new Writable({
    write(chunk, _, done) {
      written += String(chunk);
      done();
    },
  });
  // How many colours there are, Node tells from the environment, as on any terminal.
  const getColorDepth = (env?: object) => WriteStream.prototype.getColorDepth(env);
  const terminal = isTTY ? { isTTY, columns: 20, getColorDepth } : { isTTY };
  return { stream: Object.assign(stream, terminal) as unknown as NodeJS.WriteStream, text: () => written };
}

function open({ isTTY }: { isTTY: boolean }) {
  const [out, err] = [keep(isTTY), keep(isTTY)];
  const parts = { stdout: out.stream, stderr: err.stream, env: {} } as unknown as TerminalParts;
  return { terminal: processTerminal(parts), out, err };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('on a terminal', () => {
  it('a count is one line that the next count, and then what was asked for, are written over', async () => {
    const { terminal, out, err } = open({ isTTY: true });
    terminal.count('2 connections …');
    terminal.count('4 connections, and more than a line of 20 columns');
    await terminal.write('a row\n');
    expect(err.text()).toBe('\r\u001B[2K2 connections …\r\u001B[2K4 connections, and \r\u001B[2K');
    expect(out.text()).toBe('a row\n');
  });

  it('headings are bold and alarms red, unless NO_COLOR says otherwise', () => {
    vi.stubEnv('TERM', 'xterm-256color');
    vi.stubEnv('CI', undefined);
    vi.stubEnv('NO_COLOR', undefined);
    vi.stubEnv('FORCE_COLOR', undefined);
    const { terminal } = open({ isTTY: true });
    expect(terminal.strong('ENDED')).toBe('\u001B[1mENDED\u001B[22m');
    expect(terminal.alarm('gap')).toBe('\u001B[31mgap\u001B[39m');
    vi.stubEnv('NO_COLOR', '1');
    expect(terminal.strong('ENDED')).toBe('ENDED');
    expect(terminal.alarm('gap')).toBe('gap');
  });

  it('a table may be as wide as it', () => {
    expect(open({ isTTY: true }).terminal.width()).toBe(20);
  });
});

describe('in a pipe', () => {
  it('a count is a line at every tenth, and nothing is coloured or as wide as a terminal', () => {
    vi.stubEnv('FORCE_COLOR', undefined);
    const { terminal, err } = open({ isTTY: false });
    for (let page = 1; page <= 20; page++) terminal.count(`${page} pages`);
    expect(err.text()).toBe('10 pages\n20 pages\n');
    expect(terminal.strong('ENDED')).toBe('ENDED');
    expect(terminal.width()).toBeUndefined();
  });
});
