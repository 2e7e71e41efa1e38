import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { ask } from '../support/command/asked-api.ts';
import { NOWHERE, ProvenExport } from '../support/exports/exported-proof.ts';
import { ExportedTrail, overExpired } from '../support/exports/exported-trail.ts';
import { ALPHA, activeRow, BETA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';
import { GAMMA, ID } from '../support/tampering/tampered-names.ts';
import { storeRichly } from '../support/tampering/tampered-story.ts';

let exported: ExportedTrail;

beforeAll(async () => {
  exported = await ExportedTrail.over(await storeRichly(), { isStill: true });
});
afterAll(() => exported.close());

/** Exports with evidence, and removes all but what was exported. */
async function exportProven(words: string): Promise<ProvenExport> {
  exported.clear();
  const { said } = await exported.export('x', `${words} --evidence`);
  expect(said).toContain('that prove it.');
  return ProvenExport.copy(exported, 'x');
}

/** What it says to people. */
async function shown(made: ProvenExport) {
  const { code, terminal } = await made.verify(['--output', 'table']);
  return { code, out: terminal.lines.join('\n') };
}

const MIDDLE = '--since 2026-11-20T22:06:00Z --until 2026-11-20T22:21:00Z';
const OVER_A_GAP = '--since 2026-11-20T23:00:00Z --until 2026-11-21T01:10:00Z';

/** Of each, how many rows it has, and what is said of what is missing. */
const PROVEN: Readonly<Record<string, readonly [words: string, rows: number, said: RegExp]>> = {
  'its window open at both ends': ['', 13, /$/],
  'its window open at its end': ['--since 2026-11-20T22:06:00Z', 13, /$/],
  'its window in the middle, of connections that began before it and ended after it': [MIDDLE, 13, /$/],
  'its window before what is recorded': ['--since 2026-11-10 --until 2026-11-11', 0, /$/],
  'its window begun before what is recorded': ['--since 2026-11-20T21:00:00Z --until 2026-11-20T21:58:00Z', 7, /$/],
  'its window over a gap': [OVER_A_GAP, 3, /$/],
  'its window inside a gap': ['--since 2026-11-20T23:40:00Z --until 2026-11-20T23:59:00Z', 3, /$/],
  'its window in the future': [
    '--since 2026-12-10 --until 2026-12-11',
    3,
    /but for what happened after 2026-11-21T01:28:00Z\.$/,
  ],
  'filtered by person': [`${MIDDLE} --user bob`, 1, /$/],
  'filtered by address': [`${MIDDLE} --ip 172.31.0.2`, 1, /$/],
  'filtered by endpoint': [
    `${MIDDLE} --endpoint ${BETA}`,
    2,
    /PROVEN: .*, and all that match \(connections .*\), and nothing that matches is missing from the window\.$/,
  ],
  'filtered by connection': [`${MIDDLE} --connection-id ${ID.anna}`, 1, /$/],
  'filtered by what began in the window': [`${MIDDLE} --match started`, 2, /$/],
  'filtered by what ended in the window': [`${MIDDLE} --match ended`, 10, /$/],
  'filtered by a status that connections of the window no longer have': [
    '--since 2026-11-20T22:01:00Z --until 2026-11-20T22:07:00Z --status active',
    2,
    /$/,
  ],
};

describe('an export with evidence is proven,', () => {
  it.each(Object.entries(PROVEN))('%s', async (_, [words, rows, said]) => {
    const made = await exportProven(`${words} --format ndjson`);
    const { verdict, faults, counts, keysPinned } = await made.verdict();
    expect([verdict, faults, keysPinned]).toEqual(['proven', [], true]);
    expect([counts.recomputed, made.signed.manifest.rows]).toEqual([rows, rows]);
    expect((await shown(made)).out).toMatch(said);
  });

  it.each(EXPORT_FORMATS.filter((format) => format !== 'ndjson'))('in %s', async (format) => {
    const made = await exportProven(`${OVER_A_GAP} --format ${format}`);
    const { faults, counts } = await made.verdict();
    expect([faults, counts.recomputed, made.signed.manifest.rows]).toEqual([[], 3, 3]);
  });
});

describe('verify FILE', () => {
  it('says what it proved, and what rests on snapshots that did not come along', async () => {
    const made = await exportProven(`${OVER_A_GAP} --format csv`);
    const { code, out } = await shown(made);
    expect(code).toBe(0);
    expect(out).toContain('3 connections of the file recomputed from them');
    expect(out).toContain('that 1 connection vanished, and until when that may have lasted, later snapshots tell');
    expect(out).toContain(`gap of ${ALPHA} 2026-11-20T23:23:00Z to 2026-11-21T00:02:00Z (access-denied, no-run)`);
    expect(out).toContain('signed by the key that was named');
    expect(out).toMatch(
      /PROVEN: the rows are what the log said, and all that match \(.*\); nothing that matches is missing from the window but for 2 gaps\.$/,
    );
    const { code: refused, said } = await made.verify(['--output', 'csv']);
    expect([refused, said]).toEqual([2, expect.stringContaining("--output was given 'csv'; expected table or json.")]);
  });

  it('says what was asked, and takes an empty answer to a narrow question for no empty trail', async () => {
    const made = await exportProven(`${MIDDLE} --user nobody.here --status active --format csv`);
    const asked = 'of the user nobody.here, with the status active, connected at any time from 2026-11-20T22:06:00Z to';
    const { code, out } = await shown(made);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Verified .*: 0 connections ${asked} .* on all endpoints that were recorded`));
    expect(out).toContain('they list 13 connections, whatever was asked for');
    expect(out).toMatch(new RegExp(`PROVEN: the log has no connections ${asked} .* Others were not asked for\\.$`));
    expect(await made.verdict()).toMatchObject({
      verdict: 'proven',
      counts: { rows: 0, listed: 13 },
      asked: {
        filters: { user: ['nobody.here'], status: ['active'] },
        endpoints: 'all',
        window: { since: '2026-11-20T22:06:00Z', until: '2026-11-20T22:21:00Z', match: 'overlap' },
        words: expect.stringContaining(asked),
      },
    });
  });

  it('says under which assumptions: those of the signer, of the question, and of the proof', async () => {
    const made = await exportProven(`${MIDDLE} --ip 172.31.0.2 --format csv`);
    const { assumptions } = await made.verdict();
    expect(assumptions).toEqual(new Set(assumptions).values().toArray());
    for (const part of [
      '60 minutes after its end',
      'one holder at a time',
      'lack for 60 minutes',
      'can sign with its key',
    ])
      expect(assumptions).toContainEqual(expect.stringContaining(part));
    expect(assumptions).not.toContainEqual(expect.stringContaining("the trail's own"));
    expect((await shown(made)).out.match(/^ {2}given that: /gm)).toHaveLength(assumptions.length);
  });

  it('without --key accuses nobody of a key that was changed between the checkpoints and the export', async () => {
    const made = await exportProven(`${MIDDLE} --user bob --format csv`);
    await made.sign({}, STRANGER);
    const { out } = await ask(NOWHERE, ['verify', made.file, '--output', 'json']);
    const noted = [ALPHA, BETA, GAMMA].map((id) =>
      expect.stringContaining(`The checkpoint of ${id} is signed with another key than the manifest`),
    );
    expect(JSON.parse(out)).toMatchObject({ verdict: 'proven', faults: [], notes: noted, keysPinned: false });
    expect(await made.faults()).toEqual(['checkpoint-of-another-key signature']);
  });

  it('refuses a question that the manifest cannot state', async () => {
    const made = await exportProven(`${MIDDLE} --user bob --format csv`);
    const { question, window } = made.signed.manifest;
    for (const changed of [
      { question: { ...question, device: ['laptop'] } },
      { question: { ...question, status: ['gone'] } },
      { window: { ...window, since: '2026-11-20T22:00:00Z' } },
      { window: { ...window, match: 'touched' } },
    ]) {
      await made.sign({ question, window, ...changed });
      expect([changed, await made.faults()]).toEqual([changed, expect.arrayContaining(['question-unclear question'])]);
    }
    expect((await shown(made)).out).toContain('of which cannot be told what was asked');
  });

  it('of an export without evidence says that only its being unaltered is proven', async () => {
    exported.clear();
    await exported.export('x', '--format csv');
    const key = Buffer.from(await exported.trail.signer.publicKey()).toString('base64');
    expect(readdirSync(exported.folder).sort()).toEqual(['x', 'x.manifest.json']);
    const made = ProvenExport.copy(exported, 'x');
    const { code, out } = await shown(made);
    expect([code, out]).toEqual([0, expect.stringContaining('UNALTERED since the export.')]);
    expect(out).toContain(key);
  });

  it('proves an export whose newest snapshots were not signed yet, as far as they were', async () => {
    const late = await RecordedTrail.start();
    late.rows = { [ALPHA]: [activeRow(ID.anna, '2026-11-20 07:50:00')] };
    await late.recordTimes(12);
    const broken = { ...late.signer, sign: () => Promise.reject(new Error('no key')) };
    late.now = new Date(late.now.getTime() + 300_000);
    await late.record(undefined, { ...late.ports(), signer: broken }).catch(() => undefined);
    const other = await ExportedTrail.over(late);
    onTestFinished(() => other.close());
    // A live connection is filled from a snapshot that is not signed: it cannot be proven until it is.
    const refused = await other.export('x', '--format csv --evidence');
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining('signed with the next run')]);
    const words = '--match started --since 2026-11-20T08:30:00Z --format csv --evidence --restart';
    const { code, said } = await other.export('x', words);
    expect([code, said]).toEqual([4, expect.stringContaining('What happened after 2026-11-20T08:58:00Z is not known')]);
    expect((await ProvenExport.copy(other, 'x').verdict()).faults).toEqual([]);
  });

  it('knows what had expired when the export was made', async () => {
    const other = await overExpired();
    onTestFinished(() => other.close());
    await other.export('x', '--since 2026-11-20T08:06:00Z --format csv --evidence');
    const { faults, counts } = await ProvenExport.copy(other, 'x').verdict();
    expect([faults, counts]).toEqual([[], expect.objectContaining({ rows: 1, recomputed: 1, expired: 2 })]);
  });
});
