import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { originOf, signCheckpoint } from '../../lambda/trail/checkpoint.ts';
import { toPem } from '../../lambda/trail/signed-note.ts';
import { runByHand } from '../support/exports/by-hand.ts';
import { LONG, MadeExport, SHORT } from '../support/exports/made-export.ts';
import { STRANGER } from '../support/tampering/tampered-case.ts';

const SCRIPT = join(import.meta.dirname, '../../docs/verify-by-hand.sh');

let made: MadeExport;
beforeEach(async () => {
  made = await MadeExport.make();
});
afterEach(() => made[Symbol.dispose]());

function run(words: readonly string[], how?: Parameters<typeof runByHand>[2]) {
  const { status, stdout, stderr } = runByHand(SCRIPT, words, how);
  const wrong = stdout.split('\n').flatMap((line) => (line.startsWith('WRONG  ') ? [shown(line.slice(7))] : []));
  return { status, stdout: shown(stdout), stderr: shown(stderr), wrong };
}

/** Without what differs from run to run. */
const shown = (text: string) =>
  text.replaceAll(`${made.folder}/`, '').replaceAll(made.file.slice(made.folder.length + 1), 'FILE');

const keyOf = async (signer = made.signer) => Buffer.from(await signer.publicKey()).toString('base64');
const byHand = async () => run([made.file, await keyOf()]);

describe('docs/verify-by-hand.sh', () => {
  it('finds an honest export right, and says what it did not check', async () => {
    const pem = join(made.folder, 'key.pem');
    writeFileSync(pem, toPem(await made.signer.publicKey()));
    const { status, stdout, wrong } = run([made.file, await keyOf(STRANGER), pem]);
    expect([status, wrong]).toEqual([0, []]);
    expect(stdout).toContain(`entries 5 to 6 of ${LONG} are those under its signed checkpoint`);
    expect(stdout).toContain('evidence: entries 4, chunks 3; chunks that had expired when the export was made: 1');
    expect(stdout).toMatch(/Not checked here:\n +that the rows of the file are those of the chunks/);
  });

  it('needs nothing of one build of its tools', async () => {
    const ofShort = ({ endpointId }: { readonly endpointId: string }) => endpointId === SHORT;
    const { checkpoints, evidence } = made.manifest;
    await made.sign({ checkpoints: checkpoints.filter(ofShort), evidence: evidence?.filter(ofShort) });
    for (const folder of ['checkpoints', 'chunks', 'manifests'])
      rmSync(made.evidence(`${folder}/${LONG}`), { recursive: true });
    const { status, stdout } = run([made.file, await keyOf()], { hasStandIns: true });
    expect([status, stdout]).toEqual([0, expect.stringContaining('evidence: entries 1, chunks 1;')]);
  });

  it('says that without evidence the rows rest on a word', async () => {
    writeFileSync(join(made.folder, 'README.md'), '');
    const sha256 = createHash('sha256').digest('hex');
    await made.sign({ evidence: undefined, beside: [{ name: 'README.md', bytes: 0, sha256 }] });
    const { status, stdout } = await byHand();
    expect(stdout).toContain('README.md is the file of 0 bytes that was signed');
    expect([status, stdout]).toEqual([0, expect.stringContaining('no evidence was checked')]);
  });

  it('stops at a manifest that was changed, or that another key has signed', async () => {
    const signed = JSON.parse(readFileSync(`${made.file}.manifest.json`, 'utf8'));
    made.write({ ...signed, manifest: { ...signed.manifest, rows: 2 } });
    const changed = [
      'FILE.manifest.json was changed, or a key that was not given has signed it: what it says, and what it names, proves nothing',
    ];
    expect(await byHand()).toMatchObject({ status: 3, wrong: changed });
    await made.sign({}, STRANGER);
    expect(await byHand()).toMatchObject({ status: 3, wrong: changed });
  });

  it('finds each file that was changed or added since', async () => {
    writeFileSync(made.file, `${readFileSync(made.file, 'utf8')}cvpn-connection-0b\r\n`);
    const manifest = made.manifestOf(LONG, 5);
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"pages":1', '"pages":2'));
    writeFileSync(made.chunkOf(SHORT, 0), gzipSync('{"connectionId":"cvpn-connection-0b"}\n'));
    writeFileSync(made.evidence('more'), '');
    writeFileSync(made.manifestOf(LONG, 9), readFileSync(made.manifestOf(LONG, 6)));
    expect((await byHand()).wrong).toEqual([
      expect.stringContaining('FILE is not the file that was signed'),
      `entries 5 to 6 of ${LONG} are not those under its signed checkpoint`,
      `entry 9 of ${LONG} is not the one under its signed checkpoint`,
      expect.stringMatching(/chunks.*ndjson\.gz holds other rows than were recorded$/),
      'FILE.evidence/more is nothing that the manifest names',
    ]);
  });

  it('finds what is missing, also where something else stands in its place', async () => {
    rmSync(made.file);
    rmSync(made.chunkOf(LONG, 5));
    rmSync(made.manifestOf(SHORT, 0));
    mkdirSync(made.manifestOf(SHORT, 0));
    rmSync(made.checkpointOf(LONG, 11));
    expect((await byHand()).wrong).toEqual([
      'FILE is not there',
      expect.stringMatching(/checkpoints.*0000000011 is not the checkpoint of that size$/),
      expect.stringMatching(/chunks.*ndjson\.gz is not there$/),
      expect.stringMatching(/manifests.*0000000000\.json is not there$/),
    ]);
  });

  it('believes no signed claim that the tree contradicts', async () => {
    const root = Buffer.alloc(32);
    const stranger = await signCheckpoint({ origin: originOf(SHORT), size: 1, root }, STRANGER);
    const [long] = made.manifest.checkpoints;
    const files = [
      { name: 'other.csv', bytes: 0, sha256: 'ab'.repeat(32) },
      { name: 'another.csv', bytes: 0, sha256: 'ab'.repeat(32) },
    ];
    await made.sign({
      files,
      checkpoints: [
        { endpointId: LONG, note: long?.note ?? '' },
        { endpointId: SHORT, note: stranger },
      ],
    });
    const { left, others } = made.range(LONG);
    const turned = others.map(({ entry, inclusion }) => ({ entry, inclusion: inclusion.toReversed() }));
    await made.claim(LONG, { left: left.toReversed(), others: turned });
    expect((await byHand()).wrong).toEqual([
      'other.csv is not there',
      'another.csv is not there',
      `the checkpoint of ${SHORT} is not signed by a key that was given`,
      `entries 5 to 6 of ${LONG} are not those under its signed checkpoint`,
      `entry 9 of ${LONG} is not the one under its signed checkpoint`,
      'FILE is none of the files that the manifest names',
    ]);
    await made.claim(LONG, { left: left.slice(1), others: [] });
    expect((await byHand()).wrong).toContain(
      `the tree before entry 5 of ${LONG} has 2 perfect subtrees; the manifest names 1`,
    );
  });

  it.each([
    ['no key', () => [made.file], 'expected FILE and KEY'],
    ['what is no key', () => [made.file, 'nonsense'], "'nonsense' is no key; expected a PEM file"],
    ['no export', () => [join(made.folder, 'none'), 'nonsense'], 'there is no none.manifest.json'],
  ])('given %s says what was expected', (_, words, said) => {
    expect(run(words())).toMatchObject({ status: 2, stderr: expect.stringContaining(said) });
  });

  it('judges no manifest of a form that it does not know', async () => {
    await made.claim(LONG, { left: ['a[$(touch x)]'] });
    expect(await byHand()).toMatchObject({ status: 2, stderr: expect.stringContaining('has another form') });
  });
});
