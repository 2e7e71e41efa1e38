import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, type ExportFormat } from '../../lambda/export/formats/format.ts';
import { checkpointObject, chunksOf, manifestObject } from '../../lambda/trail/archive.ts';
import { parseNote, signNote } from '../../lambda/trail/signed-note.ts';
import type { Fault } from '../../verification/findings.ts';
import { ProvenExport } from '../support/exports/exported-proof.ts';
import { ExportedTrail } from '../support/exports/exported-trail.ts';
import { ALPHA, BETA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';
import { GAMMA, ID, liveRichly } from '../support/tampering/tampered-story.ts';

/** Of connections that began before it and ended after it. */
const WINDOW = '--since 2026-11-20T22:06:00Z --until 2026-11-20T22:21:00Z';

let exported: ExportedTrail;

beforeAll(async () => {
  const trail = await RecordedTrail.start();
  await liveRichly(trail);
  exported = await ExportedTrail.over(trail);
  for (const format of EXPORT_FORMATS) await exported.export(`x.${format}`, `${WINDOW} --format ${format} --evidence`);
});
afterAll(() => exported.close());

const copy = (format: ExportFormat = 'ndjson') => ProvenExport.copy(exported, `x.${format}`);

/** A fault of an export, without its sentence. */
const wrong = (kind: Fault['kind'], more: Partial<Fault> = {}) => ({ kind, place: 'export', ...more });

/** Turns one bit around. */
function flip(bytes: Uint8Array, index: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[index] = (changed[index] ?? 0) ^ 1;
  return changed;
}

describe.each(EXPORT_FORMATS)('an export in %s without the key', (format) => {
  it.each([
    ['in its beginning', 0],
    ['in its middle', 0.5],
    ['at its end', 1],
  ])('with a bit changed %s is found', async (_, where) => {
    const made = copy(format);
    const bytes = readFileSync(made.file);
    writeFileSync(made.file, flip(bytes, Math.floor((bytes.length - 1) * where)));
    const { code } = await made.verify();
    expect(code).toBe(3);
    expect(await made.faults()).toContainEqual(wrong('export-changed', { field: 'files[0]' }));
  });

  it('with its end cut off, with more at its end, or gone, is found', async () => {
    const made = copy(format);
    const bytes = readFileSync(made.file);
    for (const changed of [bytes.subarray(0, -7), Buffer.concat([bytes, Buffer.from('\n')])]) {
      writeFileSync(made.file, changed);
      expect(await made.faults()).toContainEqual(wrong('export-changed', { field: 'files[0]' }));
    }
  });
});

describe('an export in CSV', () => {
  it('to which a byte order mark was added or taken away since, and nothing else, is proven, and that is said', async () => {
    const made = copy('csv');
    writeFileSync(made.file, `\uFEFF${readFileSync(made.file, 'utf8')}`);
    const note = expect.stringContaining('has a byte order mark more, or less, than when it was signed');
    expect(await made.verdict()).toMatchObject({ verdict: 'proven', faults: [], notes: [note] });
    const [file] = made.signed.manifest.files;
    const bytes = readFileSync(made.file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await made.sign(
      { files: [{ name: file?.name ?? '', bytes: bytes.length, sha256, bom: true }] },
      exported.trail.signer,
    );
    expect(await made.verdict()).toMatchObject({ verdict: 'proven', faults: [], notes: [] });
    writeFileSync(made.file, bytes.subarray(3));
    expect(await made.verdict()).toMatchObject({ verdict: 'proven', faults: [], notes: [note] });
    writeFileSync(made.file, Buffer.concat([bytes.subarray(3), Buffer.from('\n')]));
    expect(await made.faults()).toContainEqual(wrong('export-changed', { field: 'files[0]' }));
  });
});

describe('the lines of an export, without the key', () => {
  const lines = (made: ProvenExport) => readFileSync(made.file, 'utf8').trimEnd().split('\n');
  const write = (made: ProvenExport, changed: readonly string[]) => writeFileSync(made.file, `${changed.join('\n')}\n`);

  it('one removed: the file is not the one, and whose row it was', async () => {
    const made = copy();
    const [first = '', ...rest] = lines(made);
    write(made, rest);
    const { connectionId } = JSON.parse(first) as { connectionId: string };
    const found = await made.faults();
    expect(found).toContainEqual(wrong('export-changed', { field: 'files[0]' }));
    expect(found).toContainEqual(wrong('row-removed', { endpointId: ALPHA, connectionId }));
  });

  it('one twice, or in another order: the file is not the one', async () => {
    const made = copy();
    const all = lines(made);
    const [first = ''] = all;
    const { connectionId } = JSON.parse(first) as { connectionId: string };
    write(made, [...all, first]);
    expect(await made.faults()).toContainEqual(
      wrong('row-changed', { endpointId: ALPHA, connectionId, field: 'rows' }),
    );
    write(made, all.toReversed());
    expect(await made.faults()).toEqual([wrong('export-changed', { field: 'files[0]' })]);
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
  ])('with another word about %s is not the one that was signed', async (_, changed) => {
    const made = copy();
    made.write({ ...made.signed, manifest: { ...made.signed.manifest, ...changed } });
    expect((await made.verify()).code).toBe(3);
    expect(await made.faults()).toContainEqual(wrong('export-changed', { field: 'signature' }));
  });

  it('with a member more is not the one that was signed', async () => {
    const made = copy();
    made.write({ ...made.signed, manifest: { ...made.signed.manifest, approvedBy: 'the auditor' } });
    expect(await made.faults()).toEqual([wrong('export-changed', { field: 'signature' })]);
  });

  it('signed with another key is not of this trail, also where the key is said to be', async () => {
    const made = copy();
    await made.sign({}, STRANGER);
    expect(await made.faults()).toEqual([wrong('checkpoint-of-another-key', { field: 'signature' })]);
  });

  it('of another export is not of this one', async () => {
    const made = copy();
    made.write(copy('csv').signed);
    expect((await made.faults()).map(({ kind }) => kind)).toContain('export-changed');
  });

  it('gone, or no manifest, is an error that says what was expected', async () => {
    const made = copy();
    made.write({ manifest: 7 });
    const wrongOne = await made.verify();
    rmSync(`${made.file}.manifest.json`);
    const none = await made.verify();
    expect([wrongOne.code, none.code]).toEqual([1, 1]);
    expect(wrongOne.said).toContain('is no manifest of an export');
    expect(none.said).toContain('Expected the manifest that the export wrote beside the file.');
  });
});

describe('the evidence of an export', () => {
  const at = (entry: number) => ({ endpointId: ALPHA, entry });
  const slotOf = async (entry: number) => (await exported.trail.manifests())[entry]?.slot;

  it('without a manifest of the stretch proves nothing of that log, and accuses no row', async () => {
    const made = copy();
    made.replaceEvidence(manifestObject(ALPHA, 2), undefined);
    const { faults, counts } = await made.verdict();
    expect(faults).toMatchObject([wrong('evidence-missing', at(2))]);
    expect([counts.unread, counts.recomputed]).toEqual([10, 3]);
  });

  it('with a changed manifest is not what was signed', async () => {
    const made = copy();
    const name = manifestObject(ALPHA, 2);
    const text = readFileSync(made.evidence(name), 'utf8');
    made.replaceEvidence(name, text.replace('"pages":1', '"pages":2'));
    expect(await made.faults()).toEqual([wrong('log-rewritten', { endpointId: ALPHA })]);
  });

  it('with two manifests swapped lacks both', async () => {
    const made = copy();
    const [one, other] = [manifestObject(ALPHA, 1), manifestObject(ALPHA, 2)];
    const texts = [readFileSync(made.evidence(one)), readFileSync(made.evidence(other))] as const;
    made.replaceEvidence(one, texts[1]);
    made.replaceEvidence(other, texts[0]);
    expect(await made.faults()).toEqual([wrong('evidence-missing', at(1)), wrong('evidence-missing', at(2))]);
  });

  it('without, or with another, entry beside the stretch says which', async () => {
    const made = copy();
    const beside = made.signed.manifest.evidence?.[0]?.others.at(-1)?.entry ?? 0;
    const name = manifestObject(ALPHA, beside);
    const text = readFileSync(made.evidence(name), 'utf8');
    made.replaceEvidence(name, text.replace('"pages":1', '"pages":2'));
    expect(await made.faults()).toEqual([wrong('manifest-changed', at(beside))]);
    made.replaceEvidence(name, undefined);
    expect(await made.faults()).toEqual([wrong('evidence-missing', at(beside))]);
  });

  it('without a chunk of the stretch says which one', async () => {
    const made = copy();
    const slot = await slotOf(2);
    const [name = ''] = await chunksAt(made, 2);
    made.replaceEvidence(name, undefined);
    const { faults } = await made.verdict();
    expect(faults).toMatchObject([wrong('chunk-removed', { ...at(2), slot })]);
    expect(faults).toHaveLength(1);
  });

  it('with a changed chunk says which one', async () => {
    const made = copy();
    const slot = await slotOf(2);
    const [name = ''] = await chunksAt(made, 2);
    made.replaceEvidence(name, flip(readFileSync(made.evidence(name)), 40));
    expect(await made.faults()).toMatchObject([wrong('chunk-changed', { ...at(2), slot })]);
    made.replaceEvidence(name, gzipSync('{"connectionId":"cvpn-connection-0a"}\n'));
    expect(await made.faults()).toMatchObject([wrong('chunk-changed', { ...at(2), slot })]);
  });

  it('without a chunk beside the stretch, or with a changed one, says which rows it proves', async () => {
    const made = copy();
    const beside = made.signed.manifest.evidence?.[0]?.others.at(-1)?.entry ?? 0;
    const [name = ''] = await chunksAt(made, beside);
    const bytes = readFileSync(made.evidence(name));
    made.replaceEvidence(name, undefined);
    const missing = await made.faults();
    expect(missing).toMatchObject([wrong('evidence-missing', { connectionId: ID.anna, field: 'lastSlot' })]);
    made.replaceEvidence(name, flip(bytes, 40));
    const changed = await made.verdict();
    expect(changed).toMatchObject({ faults: [wrong('chunk-changed', at(beside))], counts: { unread: 1 } });
  });

  it('with another checkpoint, or none, says so', async () => {
    const made = copy();
    const [alpha, beta] = [checkpointObject(ALPHA, 25), checkpointObject(BETA, 25)];
    made.replaceEvidence(alpha, readFileSync(made.evidence(beta)));
    made.replaceEvidence(beta, undefined);
    expect(await made.faults()).toEqual([
      wrong('checkpoint-changed', { endpointId: ALPHA }),
      wrong('evidence-missing', { endpointId: BETA }),
    ]);
  });

  it('with a checkpoint that somebody unknown has signed as well is proven; without a trusted signature it is not', async () => {
    const made = copy();
    const name = checkpointObject(ALPHA, 25);
    const note = readFileSync(made.evidence(name), 'utf8');
    const witnessed = await signNote(parseNote(note).text, 'witness.example', STRANGER);
    const line = witnessed.slice(witnessed.lastIndexOf('\n\n') + 2);
    made.replaceEvidence(name, note.replace('\n\n', `\n\n${line}`) + line);
    expect(await made.verdict()).toMatchObject({ verdict: 'proven', faults: [] });
    made.replaceEvidence(name, witnessed);
    expect(await made.faults()).toEqual([wrong('checkpoint-changed', { endpointId: ALPHA })]);
  });

  it('with a file more says which one', async () => {
    const made = copy();
    made.replaceEvidence(manifestObject(GAMMA, 7), '{}');
    expect(await made.verdict()).toMatchObject({
      faults: [{ kind: 'object-added', message: expect.stringContaining(manifestObject(GAMMA, 7)) }],
    });
  });

  it('gone altogether is missed', async () => {
    const made = copy();
    rmSync(`${made.file}.evidence`, { recursive: true });
    const { verdict, faults } = await made.verdict();
    expect(verdict).toBe('not-proven');
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['evidence-missing']));
  });

  /** The chunks of an entry, as they came along. */
  async function chunksAt(made: ProvenExport, entry: number): Promise<string[]> {
    const manifest = (await exported.trail.manifests())[entry];
    const names = await made.evidenceNames(chunksOf(ALPHA));
    return names.filter((name) => manifest?.chunks.some(({ sha256 }) => name.includes(sha256)));
  }
});
