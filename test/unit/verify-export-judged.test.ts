import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { originOf } from '../../lambda/trail/checkpoint.ts';
import { signManifest } from '../../lambda/trail/export-manifest.ts';
import { signNote } from '../../lambda/trail/signed-note.ts';
import { signerOf } from '../../local/signing-key.ts';
import { verifyExportedLog } from '../../verification/exports/exported-log.ts';
import {
  ManifestUnreadable,
  manifestFile,
  readSignedManifest,
  signedManifest,
} from '../../verification/exports/read-manifest.ts';
import { verifyExport } from '../../verification/exports/verify-export.ts';
import { collectFindings } from '../../verification/findings.ts';
import { MANIFEST } from '../support/exports/export-signing.ts';
import { MemoryArchive } from '../support/recording/memory-archive.ts';
import { ALPHA } from '../support/recording/recorded-trail.ts';
import { NESTED, STRANGER } from '../support/tampering/tampered-case.ts';

const signer = signerOf(generateKeyPairSync('ed25519').privateKey);

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(inject('assemblies'), 'judged-export-')), 'x.csv');
});

/** What may stand in the place of a file. */
const IN_PLACE: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => mkdirSync(path),
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  'an endless device': (path) => symlinkSync('/dev/zero', path),
  'a link to itself': (path) => symlinkSync(path, path),
};

async function faultsOf(signed: Awaited<ReturnType<typeof signManifest>>, isPinned = true) {
  const findings = collectFindings(() => undefined);
  const keys = { publicKeys: [await signer.publicKey()], isPinned };
  await verifyExport({ file, signed, evidence: new MemoryArchive() }, keys, findings);
  return findings.faults.map(({ kind, field }) => `${kind} ${field}`);
}

describe.each(Object.entries(IN_PLACE))('%s', (_, make) => {
  it('in the place of an export is a fault of it', async () => {
    make(file);
    const signed = await signManifest({ ...MANIFEST, evidence: undefined }, signer);
    expect(await faultsOf(signed)).toContain('export-changed files[0]');
  });

  it('in the place of its manifest cannot be read', () => {
    make(manifestFile(file));
    expect(() => readSignedManifest(file)).toThrow(ManifestUnreadable);
  });
});

describe('a manifest of an export', () => {
  it.each([
    ['nested without end', NESTED],
    ['that is none', '{}'],
  ])('%s cannot be read', (_, text) => {
    writeFileSync(manifestFile(file), text);
    expect(() => readSignedManifest(file)).toThrow(ManifestUnreadable);
  });

  it('that is wrong in more places than can be told is refused in few words', () => {
    const wrong = Array.from({ length: 10_000 }, () => ({}));
    const evidence = MANIFEST.evidence.map((range) => ({ ...range, left: wrong, others: wrong }));
    const coverage = { ...MANIFEST.coverage, gaps: wrong };
    const members = { ...MANIFEST, files: wrong, question: wrong, assumptions: wrong, evidence, coverage };
    const { error } = signedManifest.safeParse({ manifest: members, signature: '', publicKey: '' });
    const places = error?.issues.map(({ path }) => path.slice(1).join('.'));
    expect(places).toEqual([
      'files',
      'files.0.name',
      'question',
      'coverage.gaps.0.start',
      'assumptions.0',
      'evidence.0.left.0',
    ]);
  });

  it.each([true, false])(
    'with a note for a checkpoint that is none is told, with a named key or without: %s',
    async (isPinned) => {
      writeFileSync(file, '');
      const note = await signNote('no checkpoint\n', originOf(ALPHA), STRANGER);
      const checkpoints = [{ endpointId: ALPHA, note }];
      const signed = await signManifest({ ...MANIFEST, checkpoints, evidence: undefined }, signer);
      expect(await faultsOf(signed, isPinned)).toContain('checkpoint-of-another-key undefined');
    },
  );

  it('of a file that is larger than it says is not read to its end', async () => {
    writeFileSync(file, '');
    truncateSync(file, 2 ** 40);
    const signed = await signManifest({ ...MANIFEST, evidence: undefined }, signer);
    expect(await faultsOf(signed)).toEqual(
      expect.arrayContaining(['export-changed files[0]', 'export-changed undefined']),
    );
  });

  it.each([
    ['a number that is not whole', 0.5],
    ['null', null],
    ['members nested without end', JSON.parse(NESTED) as unknown],
  ])('with %s is not the one that was signed', async (_, invented) => {
    writeFileSync(file, '');
    const signed = await signManifest({ ...MANIFEST, evidence: undefined }, signer);
    const manifest = { ...signed.manifest, invented } as typeof MANIFEST;
    expect(await faultsOf({ ...signed, manifest })).toContain('export-changed signature');
  });
});

it('evidence of more entries than there can be is missing, in one fault', async () => {
  const findings = collectFindings(() => undefined);
  const size = Number.MAX_SAFE_INTEGER;
  const range = { endpointId: 'cvpn-endpoint-0a', first: 0, size, left: [], consistency: [], others: [] };
  await verifyExportedLog(new MemoryArchive(), range, { size, root: new Uint8Array(32) }, findings);
  const message = `The manifests of entries 0 to ${size - 1} did not come along, or are something else.`;
  expect(findings.faults).toEqual([expect.objectContaining({ kind: 'evidence-missing', entry: 0, message })]);
});
