import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, type ExportFormat } from '../../lambda/export/formats/format.ts';
import { checkpointObject, chunksOf, manifestObject } from '../../lambda/trail/archive.ts';
import type { ExportManifest } from '../../lambda/trail/export-manifest.ts';
import { parseNote, signNote } from '../../lambda/trail/signed-note.ts';
import { anyExportChange, changeExport } from '../support/exports/any-export-change.ts';
import { type ProofVerdict, ProvenExport } from '../support/exports/exported-proof.ts';
import { ExportedTrail } from '../support/exports/exported-trail.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { anyRuns } from '../support/tampering/any-change.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';
import { GAMMA, nameOf } from '../support/tampering/tampered-names.ts';
import { storeRichly } from '../support/tampering/tampered-story.ts';

/** Of connections that began before it and ended after it. */
const WINDOW = '--since 2026-11-20T22:06:00Z --until 2026-11-20T22:21:00Z';
const CHANGED = 'export-changed files[0]';

let exported: ExportedTrail;
beforeAll(async () => {
  exported = await ExportedTrail.over(await storeRichly(), { isStill: true });
  for (const format of EXPORT_FORMATS) await exported.export(`x.${format}`, `${WINDOW} --format ${format} --evidence`);
});
afterAll(() => exported.close());

const copy = (format: ExportFormat) => ProvenExport.copy(exported, `x.${format}`);

/** In ndjson. */
let made: ProvenExport;
beforeEach(() => {
  made = copy('ndjson');
});

/** Turns one bit around. */
function flip(bytes: Uint8Array, index: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[index] = (changed[index] ?? 0) ^ 1;
  return changed;
}

describe.each(EXPORT_FORMATS)('an export in %s without the key', (format) => {
  it.each<[string, (bytes: Buffer) => Uint8Array]>([
    ['a bit changed in its beginning', (bytes) => flip(bytes, 0)],
    ['a bit changed in its middle', (bytes) => flip(bytes, bytes.length >> 1)],
    ['a bit changed at its end', (bytes) => flip(bytes, bytes.length - 1)],
    ['its end cut off', (bytes) => bytes.subarray(0, -7)],
    ['more at its end', (bytes) => Buffer.concat([bytes, Buffer.from('\n')])],
  ])('with %s is found', async (_, change) => {
    const other = copy(format);
    writeFileSync(other.file, change(readFileSync(other.file)));
    expect(await other.faults()).toContain(CHANGED);
  });
});

describe('an export in CSV', () => {
  it('to which a byte order mark was added or taken away since, and nothing else, is proven, and that is said', async () => {
    const csv = copy('csv');
    writeFileSync(csv.file, `\uFEFF${readFileSync(csv.file, 'utf8')}`);
    const note = expect.stringContaining('has a byte order mark more, or less, than when it was signed');
    expect(await csv.verdict()).toMatchObject({ verdict: 'proven', faults: [], notes: [note] });
    const [file] = csv.signed.manifest.files;
    const bytes = readFileSync(csv.file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await csv.sign({ files: [{ name: file?.name ?? '', bytes: bytes.length, sha256, bom: true }] });
    expect(await csv.verdict()).toMatchObject({ verdict: 'proven', faults: [], notes: [] });
    writeFileSync(csv.file, bytes.subarray(3));
    expect(await csv.verdict()).toMatchObject({ verdict: 'proven', faults: [], notes: [note] });
    writeFileSync(csv.file, Buffer.concat([bytes.subarray(3), Buffer.from('\n')]));
    expect(await csv.faults()).toContain(CHANGED);
  });
});

describe('the lines of an export, without the key', () => {
  const linesOf = () => readFileSync(made.file, 'utf8').trimEnd().split('\n');
  const write = (changed: readonly string[]) => writeFileSync(made.file, `${changed.join('\n')}\n`);

  it('one removed: the file is not the one, and whose row it was', async () => {
    const [first = '', ...rest] = linesOf();
    write(rest);
    const { connectionId } = JSON.parse(first) as { connectionId: string };
    expect(await made.faults()).toEqual(expect.arrayContaining([CHANGED, `row-removed alpha ${nameOf(connectionId)}`]));
  });

  it('one twice, or in another order: the file is not the one', async () => {
    const all = linesOf();
    const [first = ''] = all;
    const { connectionId } = JSON.parse(first) as { connectionId: string };
    write([...all, first]);
    expect(await made.faults()).toContain(`row-changed alpha ${nameOf(connectionId)} rows`);
    write(all.toReversed());
    expect(await made.faults()).toEqual([CHANGED]);
  });
});

describe('the manifest of an export, without the key', () => {
  it.each([
    ['the question', { question: { user: ['alice'] } }],
    ['the window', { window: { since: '2026-11-20T22:07:00Z', until: '2026-11-20T22:12:00Z', match: 'overlap' } }],
    ['who it was', { exportedBy: 'arn:aws:iam::123456789012:user/mallory' }],
    ['when it was', { exportedAt: '2026-11-22T00:00:00Z' }],
    ['what it rests on', { assumptions: [] }],
    ['that evidence came along', { evidence: undefined }],
    ['who approved it, which no manifest says,', { approvedBy: 'the auditor' }],
  ])('with another word about %s is not the one that was signed', async (_, changed) => {
    made.write({ ...made.signed, manifest: { ...made.signed.manifest, ...changed } });
    expect((await made.verify()).code).toBe(3);
    expect(await made.faults()).toContain('export-changed signature');
  });

  it('signed with another key is not of this trail, also where the key is said to be', async () => {
    await made.sign({}, STRANGER);
    expect(await made.faults()).toEqual(['checkpoint-of-another-key signature']);
  });

  it('of another export is not of this one', async () => {
    made.write(copy('csv').signed);
    expect((await made.verdict()).faults.map(({ kind }) => kind)).toContain('export-changed');
  });

  it.each([
    ['not what the export writes', JSON.stringify({ manifest: 7 })],
    ['no JSON', 'connection_id,endpoint_id'],
  ])('that is %s is a fault that says what was given and expected', async (_, text) => {
    writeFileSync(`${made.file}.manifest.json`, text);
    expect((await made.verify()).code).toBe(3);
    const message = expect.stringMatching(
      /manifest.json is no manifest of an export. Expected the manifest that .* wrote/,
    );
    const faults = [{ kind: 'export-changed', field: 'manifest', message }];
    expect(await made.verdict()).toMatchObject({ verdict: 'not-proven', faults });
  });

  it.each<[string, (one: ExportManifest) => object]>([
    ['exportedAt', () => ({ exportedAt: 'x' })],
    ['until', ({ window }) => ({ window: { ...window, until: '9999-99-99T99:99:99Z' } })],
    ['pendingSince', ({ coverage }) => ({ coverage: { ...coverage, pendingSince: 'x' } })],
    [
      'end',
      ({ coverage }) => ({
        coverage: { ...coverage, gaps: [{ start: '2026-11-20T22:00:00Z', end: 'x', reasons: [] }] },
      }),
    ],
  ])('whose %s is no time is a fault that names it', async (name, change) => {
    const { manifest } = made.signed;
    made.write({ ...made.signed, manifest: { ...manifest, ...change(manifest) } });
    const [fault, ...more] = (await made.verdict()).faults;
    expect([fault, more]).toMatchObject([{ kind: 'export-changed', field: 'manifest' }, []]);
    expect(fault?.message).toContain(name);
  });

  it('with a member twice, of which readers take the first or the last, is a fault that names it', async () => {
    const text = JSON.stringify(made.signed);
    for (const changed of ['"r\\u006fws":999,"rows"', '"rows":999,"rows"']) {
      writeFileSync(`${made.file}.manifest.json`, text.replace('"rows"', changed));
      const { faults } = await made.verdict();
      expect(faults).toMatchObject([{ kind: 'export-changed', field: 'manifest' }]);
    }
  });

  it.each([
    ['a folder', (file: string) => mkdirSync(file)],
    ['a link to itself', (file: string) => symlinkSync(file, file)],
  ])('beside %s in the place of the file is that of no file: a fault', async (_, put) => {
    rmSync(made.file);
    put(made.file);
    expect(await made.faults()).toEqual([CHANGED]);
  });

  it('that is gone is an error: there is nothing to judge', async () => {
    rmSync(`${made.file}.manifest.json`);
    const none = expect.stringMatching(/There is no .* Expected the manifest that the export wrote beside/);
    expect(await made.verify()).toMatchObject({ code: 1, said: none });
  });
});

describe('the evidence of an export', () => {
  const manifestAt = async (entry: number) => (await exported.trail.manifests())[entry];
  const beside = () => made.signed.manifest.evidence?.[0]?.others.at(-1)?.entry ?? 0;
  const textOf = (name: string) => readFileSync(made.evidence(name), 'utf8');

  /** A chunk of an entry, as it came along. */
  async function chunkAt(entry: number): Promise<string> {
    const manifest = await manifestAt(entry);
    const names = await made.evidenceNames(chunksOf(ALPHA));
    return names.find((name) => manifest?.chunks.some(({ sha256 }) => name.includes(sha256))) ?? '';
  }

  it('without a manifest of the stretch proves nothing of that log, and accuses no row', async () => {
    made.replaceEvidence(manifestObject(ALPHA, 2), undefined);
    expect(await made.faults()).toEqual(['evidence-missing alpha[2]']);
    expect((await made.verdict()).counts).toMatchObject({ unread: 10, recomputed: 3 });
  });

  it('with a changed manifest is not what was signed', async () => {
    const name = manifestObject(ALPHA, 2);
    made.replaceEvidence(name, textOf(name).replace('"pages":1', '"pages":2'));
    expect(await made.faults()).toEqual(['log-rewritten alpha']);
  });

  it('with two manifests swapped lacks both', async () => {
    const [one, other] = [manifestObject(ALPHA, 1), manifestObject(ALPHA, 2)];
    const texts = [textOf(one), textOf(other)] as const;
    made.replaceEvidence(one, texts[1]);
    made.replaceEvidence(other, texts[0]);
    expect(await made.faults()).toEqual(['evidence-missing alpha[1]']);
    const message = 'The manifests of entries 1 to 2 did not come along, or are something else.';
    expect((await made.verdict()).faults).toMatchObject([{ message }]);
  });

  it('without, or with another, entry beside the stretch says which', async () => {
    const name = manifestObject(ALPHA, beside());
    made.replaceEvidence(name, textOf(name).replace('"pages":1', '"pages":2'));
    expect(await made.faults()).toEqual([`manifest-changed alpha[${beside()}]`]);
    made.replaceEvidence(name, undefined);
    expect(await made.faults()).toEqual([`evidence-missing alpha[${beside()}]`]);
  });

  it('without a chunk of the stretch, or with a changed one, says which one', async () => {
    const [name, { slot } = { slot: '' }] = [await chunkAt(2), await manifestAt(2)];
    const bytes = readFileSync(made.evidence(name));
    made.replaceEvidence(name, undefined);
    expect(await made.faults()).toEqual([expect.stringContaining(`chunk-removed alpha[2]@${slot}`)]);
    for (const changed of [flip(bytes, 40), gzipSync('{"connectionId":"cvpn-connection-0a"}\n')]) {
      made.replaceEvidence(name, changed);
      expect(await made.faults()).toEqual([expect.stringContaining(`chunk-changed alpha[2]@${slot}`)]);
    }
  });

  it('without a chunk beside the stretch, or with a changed one, says which rows it proves', async () => {
    const name = await chunkAt(beside());
    const bytes = readFileSync(made.evidence(name));
    made.replaceEvidence(name, undefined);
    expect(await made.faults()).toEqual([expect.stringMatching(/^evidence-missing .*anna lastSlot$/)]);
    made.replaceEvidence(name, flip(bytes, 40));
    expect(await made.faults()).toEqual([expect.stringContaining(`chunk-changed alpha[${beside()}]`)]);
    expect((await made.verdict()).counts.unread).toBe(1);
  });

  it('with another checkpoint, or none, says so', async () => {
    const [alpha, beta] = [checkpointObject(ALPHA, 25), checkpointObject(BETA, 25)];
    made.replaceEvidence(alpha, textOf(beta));
    made.replaceEvidence(beta, undefined);
    expect(await made.faults()).toEqual(['checkpoint-changed alpha', 'evidence-missing beta']);
  });

  it('with a checkpoint that somebody unknown has signed as well is proven; without a trusted signature it is not', async () => {
    const name = checkpointObject(ALPHA, 25);
    const note = textOf(name);
    const witnessed = await signNote(parseNote(note).text, 'witness.example', STRANGER);
    const line = witnessed.slice(witnessed.lastIndexOf('\n\n') + 2);
    made.replaceEvidence(name, note.replace('\n\n', `\n\n${line}`) + line);
    expect(await made.verdict()).toMatchObject({ verdict: 'proven', faults: [] });
    made.replaceEvidence(name, witnessed);
    expect(await made.faults()).toEqual(['checkpoint-changed alpha']);
  });

  it('with a file more says which one', async () => {
    made.replaceEvidence(manifestObject(GAMMA, 7), '{}');
    expect(await made.verdict()).toMatchObject({
      faults: [{ kind: 'object-added', message: expect.stringContaining(manifestObject(GAMMA, 7)) }],
    });
  });

  it('gone altogether is missed', async () => {
    rmSync(`${made.file}.evidence`, { recursive: true });
    const { verdict, faults } = await made.verdict();
    expect(verdict).toBe('not-proven');
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['evidence-missing']));
  });
});

it('whatever is changed in an export, its verification comes to a verdict', async () => {
  const changes = fc.array(anyExportChange, { minLength: 1, maxLength: 2 });
  const property = fc.asyncProperty(fc.constantFrom(...EXPORT_FORMATS), changes, async (format, all) => {
    const other = copy(format);
    // The second change may find nothing that can still be changed.
    for (const change of all) await changeExport(other, format, change).catch(() => undefined);
    const { code, out, said } = await other.verify(['--output', 'json']);
    expect([code === 0 || code === 3, said]).toEqual([true, expect.anything()]);
    const { faults } = JSON.parse(out) as ProofVerdict;
    for (const { message } of faults) expect(message).not.toBe('');
    expect(code).toBe(faults.length > 0 ? 3 : 0);
  });
  await fc.assert(property, anyRuns(12));
}, 3_600_000);
