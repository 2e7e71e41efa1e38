import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { readExport } from '../../lambda/export/formats/readers.ts';
import { toRecords } from '../../lambda/export/formats/records.ts';
import { fromJson } from '../../lambda/query/json.ts';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { openManifest } from '../../lambda/trail/export-manifest.ts';
import { ask } from '../support/command/asked-api.ts';
import { ExportedTrail, liveRows } from '../support/exports/exported-trail.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { allPages } from '../support/search/walked-pages.ts';

/** Two answers. */
const CONNECTIONS = 1100;
const WINDOW = '--since 2026-11-20T07:30:00Z --until 2026-11-20T08:20:00Z';

let exported: ExportedTrail;
let trail: RecordedTrail;

beforeAll(async () => {
  trail = await RecordedTrail.start();
  const live = liveRows(CONNECTIONS, (id, index) =>
    activeRow(id, `2026-11-20 07:${String(index % 60).padStart(2, '0')}:${String(index % 50).padStart(2, '0')}`, {
      commonName: index === 7 ? '=cmd|"/C calc"!A0,\u2028👩‍🔧' : `person-${index}.example.com`,
      ingressBytes: index === 8 ? '123456789012345678901234567890' : '100',
    }),
  );
  trail.rows = { [ALPHA]: live, [BETA]: [] };
  await trail.recordTimes(2);
  trail.rows = {
    [ALPHA]: live.map((row, index) => (index % 50 === 0 ? endedRow(row, '2026-11-20 08:11:00') : row)),
    [BETA]: [],
  };
  await trail.recordTimes(3);
  exported = await ExportedTrail.over(trail, { isStill: true });
});
afterEach(() => exported.clear());
afterAll(() => exported.close());

async function allConnections(parameters: string): Promise<ConnectionsAnswer['connections']> {
  const pages = await allPages(async (more) => {
    const response = await fetch(`${exported.server.url}/connections?${parameters}&limit=1000${more}`);
    return fromJson(await response.text()) as ConnectionsAnswer;
  });
  return pages.flatMap(({ connections }) => connections);
}

describe('an export', () => {
  it.each(EXPORT_FORMATS)('holds everything that matches, in %s', async (format) => {
    const { code, out, said } = await exported.export('all', `${WINDOW} --format ${format}`);
    expect([code, out]).toEqual([0, '']);
    expect(said).toContain(`1,100 connections, `);
    expect(said).toMatch(/Searched 2026-11-20T07:30:00Z to 2026-11-20T08:20:00Z, overlap: complete\.$/);
    const rows = await allConnections('since=2026-11-20T07:30:00Z&until=2026-11-20T08:20:00Z');
    expect(rows).toHaveLength(CONNECTIONS);
    const read = await Array.fromAsync(readExport(format, exported.path('all')));
    const expected = rows.flatMap((row) => toRecords(format, row));
    expect(read).toEqual(expected.map((record) => ({ ...record, where: expect.any(String) })));
    expect(exported.files()).toEqual(['all', 'all.manifest.json']);
  });

  it('is for its owner alone', async () => {
    await exported.export('mine.csv', `${WINDOW} --user person-1.example.com --format csv`);
    const modes = ['mine.csv', 'mine.csv.manifest.json'].map((name) => statSync(exported.path(name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

  it('shows how far it is on standard error, and nothing else on standard output', async () => {
    const { terminal } = await exported.export('all.csv', `${WINDOW} --format csv`);
    expect(terminal.counts).toContain('1,000 connections …');
    expect(terminal.counts).toContain('1,100 of 1,100 connections written …');
    expect([terminal.written(), terminal.lines]).toEqual(['', []]);
  });

  it('has a manifest that says what was asked, by whom, and is signed by the trail', async () => {
    await exported.export('some.csv', `${WINDOW} --user PERSON-1.example.com --user person-2.example.com --format csv`);
    const signed = exported.manifest('some.csv');
    const bytes = exported.bytes('some.csv');
    expect(signed.manifest).toMatchObject({
      form: 1,
      kind: 'search',
      format: 'csv',
      files: [{ name: 'some.csv', bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }],
      rows: 2,
      question: {
        user: ['PERSON-1.example.com', 'person-2.example.com'],
        since: ['2026-11-20T07:30:00Z'],
        until: ['2026-11-20T08:20:00Z'],
        match: ['overlap'],
      },
      window: { since: '2026-11-20T07:30:00Z', until: '2026-11-20T08:20:00Z', match: 'overlap' },
      coverage: { complete: true, gaps: [] },
      checkpoints: [{ endpointId: ALPHA }, { endpointId: BETA }],
      exportedAt: '2026-11-20T08:25:00Z',
      exportedBy: expect.stringMatching(/^local:/),
    });
    expect(signed.manifest.assumptions[0]).toContain('until 60 minutes after its end');
    expect(signed.manifest.evidence).toBeUndefined();
    const publicKey = await trail.signer.publicKey();
    expect(openManifest(signed, [publicKey]).rows).toBe(2);
    expect(() => openManifest({ ...signed, manifest: { ...signed.manifest, rows: 3 } }, [publicKey])).toThrow(
      'not one of this text',
    );
  });

  it('in CSV may begin with a byte order mark, which its manifest has too', async () => {
    await exported.export('marked.csv', `${WINDOW} --format csv --bom`);
    await exported.export('plain.csv', `${WINDOW} --format csv`);
    expect(exported.bytes('marked.csv').toString()).toBe(`\uFEFF${exported.bytes('plain.csv').toString()}`);
    expect(exported.manifest('marked.csv').manifest.files).toMatchObject([{ name: 'marked.csv', bom: true }]);
    expect(exported.manifest('plain.csv').manifest.files[0]).not.toHaveProperty('bom');
  });

  it('without an end of the window goes to what is proven, and says so in the manifest', async () => {
    const { code } = await exported.export('open.ndjson', '--user person-1.example.com --format ndjson');
    expect(code).toBe(0);
    const { window, question } = exported.manifest('open.ndjson').manifest;
    expect(window).toEqual({ since: '2026-11-20T07:07:00Z', until: '2026-11-20T08:23:00Z', match: 'overlap' });
    expect([question.since, question.until]).toEqual([[window.since], [window.until]]);
  });

  it('of a moment is one of a window of a second', async () => {
    await exported.export('moment.ndjson', '--at 2026-11-20T08:00:00Z --user nobody --format ndjson');
    const { window, question } = exported.manifest('moment.ndjson').manifest;
    expect(window).toMatchObject({ since: '2026-11-20T08:00:00Z', until: '2026-11-20T08:00:00Z' });
    expect(question.at).toBeUndefined();
  });

  it('that touches what is not known has exit code 4, and says what', async () => {
    const { code, said } = await exported.export(
      'early.csv',
      '--since 2026-11-20T06:00:00Z --user nobody --format csv',
    );
    expect(code).toBe(4);
    expect(said).toMatch(/NOT COMPLETE, 2 gaps in it:\n.*before-first-snapshot/);
    expect(exported.manifest('early.csv').manifest.coverage).toMatchObject({
      complete: false,
      gaps: [{ reasons: ['before-first-snapshot'] }, { reasons: ['before-first-snapshot'] }],
    });
  });

  it('of nobody is a file with no rows', async () => {
    const { code } = await exported.export('nobody.ndjson', `${WINDOW} --user nobody --format ndjson`);
    expect([code, exported.bytes('nobody.ndjson').length]).toEqual([0, 0]);
    expect(exported.manifest('nobody.ndjson').manifest.rows).toBe(0);
  });
});

describe('an export is refused', () => {
  it.each([
    ['--format csv', '-', /--out - was given; expected a file: the signed manifest lies beside it/],
    ['--format csv', '.', /expected a file; this is a folder/],
    ['--format csv', 'no/such/file.csv', /expected a file in a folder that is there; .*no\/such is not/],
    ['--format csv', 'a\\b.csv', /expected a name of at most 255 characters/],
    ['--format csv --at now', 'x.csv', /--at now was given; expected a moment/],
    ['--format csv --at 2026-11-20T08:00:00Z --since 2h', 'x.csv', /--since 2h was given beside --at/],
    ['--format csv --ip 300.1.1.1', 'x.csv', /--ip was given '300\.1\.1\.1'; expected an IPv4/],
    ['--format parquet --bom', 'x.parquet', /--bom was given with --format parquet; expected it with csv alone/],
    ['--format xlsx', 'x.csv', /'xlsx' is invalid. Allowed choices are csv, ndjson, parquet, ocsf/],
    ['', 'x.csv', /required option '--format <format>' not specified/],
    ['--format csv --limit 5', 'x.csv', /unknown option '--limit'/],
  ])('with "%s" to "%s"', async (words, out, message) => {
    const asked = exported.way.passed.length;
    const target = out === '-' ? out : exported.path(out);
    const { code, said } = await ask(exported.way.url, [
      'export',
      ...words.split(' ').filter(Boolean),
      '--out',
      target,
    ]);
    expect(said).toMatch(message);
    expect([code, exported.way.passed.length - asked, exported.files()]).toEqual([2, 0, []]);
  });

  it('where there is a file already; with --restart it replaces it and what belongs to it', async () => {
    writeFileSync(exported.path('there.csv'), 'mine');
    const { code, said } = await exported.export('there.csv', `${WINDOW} --format csv`);
    expect([code, said]).toEqual([2, expect.stringContaining('is there already. Name another --out, or replace it')]);
    expect(readFileSync(exported.path('there.csv'), 'utf8')).toBe('mine');
    expect((await exported.export('there.csv', `${WINDOW} --user nobody --format ndjson --restart`)).code).toBe(0);
    expect(exported.files()).toEqual(['there.csv', 'there.csv.manifest.json']);
    expect(exported.bytes('there.csv')).toHaveLength(0);
  });

  it('by the API in its own words, and leaves nothing behind', async () => {
    const { code, said } = await exported.export('x.csv', '--endpoint cvpn-endpoint-0cccccccccccccccc --format csv');
    expect([code, said]).toEqual([1, expect.stringContaining('is not recorded; recorded are')]);
    expect(exported.files()).toEqual([]);
  });
});
