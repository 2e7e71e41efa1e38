import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keptTerminal as open } from '../support/command/kept-terminal.ts';

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

  it('the person is asked on the line below, and answers a line', async () => {
    const stdin = new PassThrough();
    const { terminal, err } = open({ isTTY: true, stdin });
    terminal.count('2 connections …');
    const answer = terminal.ask?.('Code\u001B[2J: ', new AbortController().signal);
    stdin.write('123456\nand more\n');
    expect(await answer).toBe('123456');
    expect(err.text().endsWith('\r\u001B[2KCode\\u{1B}[2J: ')).toBe(true);
  });

  it('a person who closes the input gives nothing, and one who is not there is not waited for', async () => {
    const closed = new PassThrough();
    const answer = open({ isTTY: true, stdin: closed }).terminal.ask?.('Code: ', new AbortController().signal);
    closed.end();
    expect(await answer).toBe('');
    const waiting = new AbortController();
    const nobody = open({ isTTY: true }).terminal.ask?.('Code: ', waiting.signal);
    waiting.abort();
    await expect(nobody).rejects.toThrow(/abort/);
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
    expect(terminal.ask).toBeUndefined();
  });
});

it('a line is safe to show, also in colours, and what was asked for is as it is', async () => {
  vi.stubEnv('TERM', 'xterm-256color');
  vi.stubEnv('FORCE_COLOR', '1');
  vi.stubEnv('NO_COLOR', undefined);
  const { terminal, out, err } = open({ isTTY: true });
  terminal.line('a\u001B[2J\nb', '\u202Ec');
  terminal.notice('\u0007d', 'warning');
  terminal.count('\u001B]0;e');
  await terminal.write('\u001B[1mf');
  expect(out.text()).toBe('a\\u{1B}[2J\nb\u001B[31m\\u{202E}c\u001B[39m\n\u001B[1mf');
  expect(err.text()).toBe('\u001B[33m\\u{7}d\u001B[39m\n\r\u001B[2K\\u{1B}]0;e\r\u001B[2K');
});

it('has ended when the slowest of its readers has everything', async () => {
  const { terminal, out } = open({ isTTY: false, isSlow: true });
  terminal.line('one');
  terminal.line('two');
  await terminal.end();
  expect(out.text()).toBe('one\ntwo\n');
});
