import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ask } from '../support/command/asked-api.ts';
import { startCommand } from '../support/command/cvpn-audit.ts';
import { connectionNumber, connectionsWith, OVER_A_GAP } from '../support/search/api-answers.ts';
import { type SeenQuestion, startTestApi, type TestReply } from '../support/servers/api-server.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/cvpn-audit.ts');

/** Pages of rows, with a cursor to the next. */
function pages(number: number, rows: number): (question: SeenQuestion) => { json: ReturnType<typeof connectionsWith> } {
  return ({ parameters }) => {
    const page = Number(parameters.get('cursor') ?? 0);
    const connections = Array.from({ length: rows }, (_, row) => connectionNumber(page * rows + row));
    const cursor = page + 1 < number ? { cursor: String(page + 1) } : {};
    return { json: connectionsWith(connections, cursor) };
  };
}

describe('--all', () => {
  it('walks the pages to the end, each with the same question', async () => {
    await using api = await startTestApi(pages(3, 2));
    const { out, said, terminal } = await ask(api.url, 'connections --all --since 2h --output ndjson');
    const ids = out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { connectionId: string }).connectionId);
    expect(ids).toEqual(Array.from({ length: 6 }, (_, row) => connectionNumber(row).connectionId));
    expect(api.seen.map(({ target }) => decodeURIComponent(target))).toEqual([
      '/connections?since=2026-11-22T13:30:00Z&limit=1000',
      '/connections?since=2026-11-22T13:30:00Z&limit=1000&cursor=1',
      '/connections?since=2026-11-22T13:30:00Z&limit=1000&cursor=2',
    ]);
    expect(terminal.counts).toEqual(['2 connections …', '4 connections …']);
    expect(said).not.toMatch(/more/);
  });

  it('makes one table, one CSV file and one JSON document of them', async () => {
    await using api = await startTestApi(pages(3, 2));
    const [table, csv, json] = await Promise.all(
      ['table', 'csv', 'json'].map((format) => ask(api.url, `connections --all --output ${format}`)),
    );
    expect(table?.out.match(/ESTABLISHED/g)).toHaveLength(1);
    expect(csv?.out.trimEnd().split('\r\n')).toHaveLength(7);
    const document = JSON.parse(json?.out ?? '') as ReturnType<typeof connectionsWith>;
    expect(Object.keys(document)).toEqual(['connections', 'window', 'coverage']);
    expect(document.connections).toHaveLength(6);
  });

  it('goes on over an empty page', async () => {
    await using api = await startTestApi(({ parameters }) => ({
      json: parameters.has('cursor') ? connectionsWith([connectionNumber(1)]) : connectionsWith([], { cursor: 'next' }),
    }));
    expect((await ask(api.url, 'connections --all --output ndjson')).out).toContain('person-1');
  });

  it('is not complete where one of the pages is not: exit 4', async () => {
    await using api = await startTestApi(({ parameters }) => ({
      json: parameters.has('cursor') ? connectionsWith([]) : connectionsWith([], { cursor: 'x', coverage: OVER_A_GAP }),
    }));
    const { code, out } = await ask(api.url, 'connections --all');
    expect(code).toBe(4);
    expect((JSON.parse(out) as { coverage: unknown }).coverage).toEqual(OVER_A_GAP);
  });

  it('that fails on the way leaves a document that says where to go on', async () => {
    const whole = pages(3, 2);
    const fail = (question: SeenQuestion): TestReply =>
      question.parameters.get('cursor') === '2' ? { status: 500, text: 'no' } : whole(question);
    await using api = await startTestApi(fail);
    const { code, out, said } = await ask(api.url, 'connections --all');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ connections: { length: 4 }, cursor: '2' });
    expect(said).toMatch(/Ended after 4 connections. To go on: cvpn-audit connections --cursor 2 --all\n/);
  });

  it('walks the accesses as well', async () => {
    const access = {
      at: '2026-11-22T14:00:00Z',
      requestId: 'r',
      principal: 'local:a',
      question: '/endpoints',
      rows: 3,
    };
    await using api = await startTestApi(({ parameters }) => ({
      json: {
        accesses: [access],
        window: { since: '2026-11-15T14:00:00Z', until: '2026-11-22T14:00:00Z' },
        ...(parameters.has('cursor') ? {} : { cursor: 'x' }),
      },
    }));
    const { out, said } = await ask(api.url, 'accesses --all', { width: 100 });
    expect(out.match(/local:a/g)).toHaveLength(2);
    expect(said).toBe('Searched 2026-11-15T14:00:00Z to 2026-11-22T14:00:00Z.');
  });
});

describe('the command', () => {
  it('ends quietly where nobody reads on', async () => {
    await using api = await startTestApi(pages(50, 200));
    const line = `"${process.execPath}" "${PROGRAM}" connections --all --output ndjson --api ${api.url} | head -n 1`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', line], { maxBuffer: 1e8 });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/Error|\bat /);
    expect(api.seen.length).toBeLessThan(50);
  });

  it('ends at Ctrl-C with exit 130 and where to go on', async () => {
    let stalled: (() => void) | undefined;
    const isStalled = new Promise<void>((resolve) => (stalled = resolve));
    const whole = pages(3, 2);
    await using api = await startTestApi(
      (question): TestReply => (question.parameters.get('cursor') === '1' ? () => stalled?.() : whole(question)),
    );
    const command = startCommand(['connections', '--all', '--api', api.url]);
    await isStalled;
    command.interrupt();
    expect(await command.exited).toBe(130);
    expect(command.written.err).toBe(
      `Ended after 2 connections. To go on: cvpn-audit connections --api ${api.url} --cursor 1 --all\n`,
    );
    expect(JSON.parse(command.written.out)).toMatchObject({ connections: { length: 2 }, cursor: '1' });
  });
});
