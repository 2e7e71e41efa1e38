import { appendFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startCommand } from '../support/command/cvpn-audit.ts';
import type { PassingRequest } from '../support/exports/exported-flaky-api.ts';
import { ProvenExport } from '../support/exports/exported-proof.ts';
import { ExportedTrail, liveRows } from '../support/exports/exported-trail.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';

/** In three answers. */
const CONNECTIONS = 21;
const LIMIT = 10;
const WORDS = '--since 2026-11-20T07:30:00Z --until 2026-11-20T08:08:00Z --format csv --evidence';

let exported: ExportedTrail;
let trail: RecordedTrail;
/** What an export that nothing interrupted wrote. */
let whole: { file: Buffer; evidence: string[] };

beforeAll(async () => {
  trail = await RecordedTrail.start();
  for (let recording = 0; recording < 4; recording += 1) {
    const counters = { ingressBytes: String(recording) };
    trail.rows = { [ALPHA]: liveRows(CONNECTIONS, (id) => activeRow(id, '2026-11-20 07:50:00', counters)) };
    await trail.recordAfter(5);
  }
  exported = await ExportedTrail.over(trail);
  exported.way.limit = LIMIT;
  await exported.export('whole.csv', WORDS);
  whole = { file: exported.bytes('whole.csv'), evidence: exported.files('whole.csv.evidence') };
  exported.clear();
});
afterEach(() => exported.clear());
afterAll(() => exported.close());

/** From so many of these requests on, nothing of the kind gets through. */
function breakAt(target: RegExp, after = 0): void {
  let met = 0;
  exported.way.isDown = (request: PassingRequest) => target.test(request.target) && ++met > after;
}

describe('an export that is interrupted', () => {
  it.each([
    ['before the first answer', /^\/connections\?.*limit=1000/, 0, 0],
    ['after the first answer', /^\/connections\?.*limit=1000/, 1, LIMIT],
    ['before the last answer', /^\/connections\?.*limit=1000/, 2, 2 * LIMIT],
    ['before its evidence', /^\/endpoints/, 0, CONNECTIONS],
    ['among the manifests', /^\/snapshots\?.*manifests=true/, 0, CONNECTIONS],
    ['among the chunks', /\/chunks\//, 1, CONNECTIONS],
    ['before the checkpoint', /^\/checkpoints\/.*from=/, 0, CONNECTIONS],
    ['before it is signed', /^\/exports/, 0, CONNECTIONS],
  ])('%s goes on there, and comes to the same bytes', async (_, target, after, rows) => {
    breakAt(target, after);
    const first = await exported.export('x.csv', WORDS);
    expect(first.code).toBe(1);
    expect(first.said).toContain(
      'Interrupted; what has come is kept. To go on: cvpn-audit export --since 2026-11-20T07:30:00Z ',
    );
    expect(existsSync(exported.path('x.csv'))).toBe(false);
    expect(existsSync(exported.path('x.csv.manifest.json'))).toBe(false);

    exported.way.isDown = () => false;
    exported.way.passed.length = 0;
    const second = await exported.export('x.csv', WORDS);
    expect([second.code, second.said]).toEqual([
      0,
      expect.stringContaining('Going on with the export of 2026-11-20T07:30:00Z'),
    ]);
    expect(second.said).toContain(`${rows === CONNECTIONS ? 'all ' : ''}${rows} connections had come`);
    expect(exported.bytes('x.csv').equals(whole.file)).toBe(true);
    expect(exported.files('x.csv.evidence')).toEqual(whole.evidence);
    const asked = exported.way.passed.filter(({ target: asked }) => asked.startsWith('/connections?')).length;
    expect(asked).toBe(rows < CONNECTIONS ? 3 - rows / LIMIT : 0);
    expect(exported.files().filter((file) => !file.includes('/'))).toEqual(['x.csv', 'x.csv.manifest.json']);
  });

  it('keeps its byte order mark', async () => {
    breakAt(/limit=1000/, 1);
    const words = WORDS.replace('csv', 'csv --bom');
    expect((await exported.export('x.csv', words)).said).toContain(' --bom --evidence');
    exported.way.isDown = () => false;
    expect((await exported.export('x.csv', WORDS)).said).toContain('bom was given and is not given');
    expect((await exported.export('x.csv', words)).code).toBe(0);
    expect(exported.bytes('x.csv').toString()).toBe(`\uFEFF${whole.file.toString()}`);
  });

  it('does not ask again for the chunks that it has', async () => {
    breakAt(/\/chunks\//, 1);
    await exported.export('x.csv', WORDS);
    const there = exported.files('x.csv.evidence').filter((file) => file.startsWith('chunks/')).length;
    exported.way.isDown = () => false;
    exported.way.passed.length = 0;
    await exported.export('x.csv', WORDS);
    const all = whole.evidence.filter((file) => file.startsWith('chunks/')).length;
    const asked = exported.way.passed.filter(({ target }) => target.includes('/chunks/')).length;
    expect([there > 0, asked]).toEqual([true, all - there]);
  });

  it('drops what of an answer had come when it broke off', async () => {
    breakAt(/limit=1000/, 1);
    await exported.export('x.csv', WORDS);
    // Longer than all that is still to come.
    appendFileSync(exported.path('x.csv.part'), '{"connectionId":"cvpn-conn'.padEnd(200_000));
    exported.way.isDown = () => false;
    expect((await exported.export('x.csv', WORDS)).code).toBe(0);
    expect(exported.bytes('x.csv').equals(whole.file)).toBe(true);
  });

  it('when all but removing its traces was done, does the end again', async () => {
    breakAt(/^\/exports/);
    await exported.export('x.csv', WORDS);
    writeFileSync(exported.path('x.csv'), whole.file);
    exported.way.isDown = () => false;
    expect((await exported.export('x.csv', WORDS)).code).toBe(0);
    expect(exported.bytes('x.csv').equals(whole.file)).toBe(true);
    expect(existsSync(exported.path('x.csv.part.json'))).toBe(false);
  });

  it('keeps its window: what was open in it, and what 2h meant, is as it was then', async () => {
    breakAt(/limit=1000/, 1);
    const words = '--since 2h --format ndjson';
    await exported.export('x.ndjson', words);
    const { question } = JSON.parse(readFileSync(exported.path('x.ndjson.part.json'), 'utf8'));
    exported.way.isDown = () => false;
    const before = trail.now;
    try {
      trail.now = new Date(before.getTime() + 60_000);
      await exported.export('x.ndjson', words);
    } finally {
      trail.now = before;
    }
    const { window } = exported.manifest('x.ndjson').manifest;
    expect([[window.since], [window.until]]).toEqual([question.since, question.until]);
    expect(window.since).toBe('2026-11-20T06:20:00Z');
  });

  it('is not gone on with by another one, which says what differs; --restart begins anew', async () => {
    breakAt(/limit=1000/, 1);
    await exported.export('x.csv', WORDS);
    exported.way.isDown = () => false;
    const other = await exported.export('x.csv', '--since 7d --format ndjson --user nobody');
    expect(other.code).toBe(2);
    for (const part of [
      'since was 2026-11-20T07:30:00Z and is 7d',
      'until was 2026-11-20T08:08:00Z and is not given',
      'format was csv and is ndjson',
      'user was not given and is nobody',
      'or begin anew with --restart',
    ]) {
      expect(other.said).toContain(part);
    }
    const anew = await exported.export('x.csv', '--since 7d --format ndjson --user nobody --restart');
    expect([anew.code, exported.bytes('x.csv').length]).toEqual([4, 0]);
    expect(exported.files().filter((file) => file.includes('.part'))).toEqual([]);
  });

  it.each([
    ['its state is damaged', () => writeFileSync(exported.path('x.csv.part.json'), '{"form":1'), 2],
    ['its rows are gone', () => rmSync(exported.path('x.csv.part')), 1],
    ['its rows are cut', () => truncateSync(exported.path('x.csv.part'), 10), 1],
  ])('is not gone on with where %s', async (_, damage, expected) => {
    breakAt(/limit=1000/, 1);
    await exported.export('x.csv', WORDS);
    exported.way.isDown = () => false;
    damage();
    const { code, said } = await exported.export('x.csv', WORDS);
    expect([code, said]).toEqual([expected, expect.stringContaining('Begin anew with --restart.')]);
  });

  it('survives an API that fails for a moment, without a word', async () => {
    let failures = 0;
    exported.way.isDown = ({ target }) => /^\/connections.*limit=1000/.test(target) && failures++ % 3 < 2;
    const { code, said } = await exported.export('x.csv', WORDS);
    expect([code, failures]).toEqual([0, 9]);
    expect(said).not.toContain('Interrupted');
  });

  it('keeps what is personal to its owner', async () => {
    breakAt(/limit=1000/, 1);
    await exported.export('x.csv', WORDS);
    const modes = ['x.csv.part', 'x.csv.part.json'].map((name) => statSync(exported.path(name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

  it('by Ctrl-C has exit code 130, and says how to go on', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    exported.way.onAnswer = async ({ target }) => {
      if (!target.includes('cursor=')) return;
      asked.resolve();
      await answer.promise;
    };
    const api = exported.way.url;
    const words = ['export', ...WORDS.split(' '), '--out', exported.path('x.csv'), '--api', api];
    const command = startCommand(words);
    await asked.promise;
    command.interrupt();
    expect(await command.exited).toBe(130);
    answer.resolve();
    exported.way.onAnswer = async () => undefined;
    expect(command.written.err).toContain(
      `To go on: cvpn-audit ${words.filter((word) => word !== '--evidence').join(' ')} --evidence`,
    );
    const again = await exported.export('x.csv', `${WORDS} --api ${api}`);
    expect([again.code, again.said]).toEqual([0, expect.stringContaining('of which 10 connections had come')]);
    expect(exported.bytes('x.csv').equals(whole.file)).toBe(true);
  });
});

describe('an export of what is not settled yet', () => {
  const words = '--since 2026-11-20T07:30:00Z --until 2026-11-21T00:00:00Z --format ndjson --evidence';

  it('reads the rows again if the trail goes on before it is signed; if it always does, says what to ask for', async () => {
    const growing = await RecordedTrail.start();
    growing.rows = { [ALPHA]: liveRows(3, (id) => activeRow(id, '2026-11-20 07:50:00')) };
    await growing.recordTimes(2);
    const other = await ExportedTrail.over(growing);
    onTestFinished(() => other.close());
    let recordings = 1;
    // After the rows were read, and before they arrive.
    other.way.onAnswer = async ({ target }) => {
      if (/^\/connections\?.*limit=1000/.test(target) && recordings-- > 0) await growing.recordTimes(1);
    };
    const { code, said } = await other.export('x', words);
    expect([code, said]).toEqual([4, expect.stringContaining('reading them again')]);
    expect(other.manifest('x').manifest.coverage).toMatchObject({ pendingSince: '2026-11-20T08:13:00Z' });
    expect((await ProvenExport.copy(other, 'x').verdict()).faults).toEqual([]);
    recordings = 9;
    const refused = await other.export('y', words);
    expect([refused.code, refused.said]).toEqual([
      1,
      expect.stringContaining('with --until 2026-11-20T08:33:00Z or none'),
    ]);
    expect((await other.export('y', words)).code).toBe(1);
    recordings = 0;
    expect((await other.export('y', words)).code).toBe(4);
  });
});
