import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { readySource } from '../../cli/serve/source.ts';
import { readPublicKey } from '../../cli/verify/read-public-key.ts';
import { toPem } from '../../lambda/trail/signed-note.ts';
import { signerOf } from '../../local/signing-key.ts';
import { manifestFile, readSignedManifest } from '../../verification/exports/read-manifest.ts';
import { readTextFile } from '../../verification/read-text-file.ts';
import { MANIFEST } from '../support/exports/export-signing.ts';

const SAVED_ANSWER = readFileSync(
  join(import.meta.dirname, '../fixtures/describe-client-vpn-connections.json'),
  'utf8',
);

const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const ENCODINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a mark': (text) => Buffer.from(`\uFEFF${text}`),
  'UTF-16LE with a mark': (text) => utf16le(`\uFEFF${text}`),
  'UTF-16BE with a mark': (text) => utf16le(`\uFEFF${text}`).swap16(),
};

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(inject('assemblies'), 'text-file-'));
  file = join(folder, 'file');
});

const SIGNED = { manifest: MANIFEST, signature: 'a line', publicKey: 'a key' };

describe.each(Object.entries(ENCODINGS))('a file in %s', (_, encode) => {
  it('is read to the letter, without its mark', () => {
    const text = 'joão 👩‍🔧\r\nsecond\uFEFF line\n';
    writeFileSync(file, encode(text));
    expect(readTextFile(file, 'checkpoints')).toBe(text);
  });

  it('may hold an answer of the AWS CLI to simulate, a public key, or a manifest', async () => {
    writeFileSync(file, encode(SAVED_ANSWER));
    expect((await readySource({ simulate: file, ec2Port: 0 }, {})).wanted).toEqual({ source: 'saved-answer' });
    const publicKey = await signerOf(generateKeyPairSync('ed25519').privateKey).publicKey();
    writeFileSync(file, encode(toPem(publicKey)));
    expect(Buffer.from(readPublicKey(file))).toEqual(Buffer.from(publicKey));
    writeFileSync(manifestFile(file), encode(JSON.stringify(SIGNED)));
    expect(readSignedManifest(file)).toEqual(SIGNED);
  });
});

describe.each([
  ['Latin-1', Buffer.from('{"Connections": "joão"}', 'latin1')],
  ['UTF-16 without a mark', utf16le('{"Connections": []}')],
  ['half a character of UTF-16', Buffer.concat([utf16le('\uFEFF{}'), Buffer.from('x')])],
])('a file in %s', (_, bytes) => {
  it('is refused, and says what is expected', async () => {
    writeFileSync(file, bytes);
    writeFileSync(manifestFile(file), bytes);
    const expected = 'it is no text in UTF-8, nor in UTF-16 with a byte order mark; save it as UTF-8';
    expect(() => readTextFile(file, 'checkpoints')).toThrow(expected);
    await expect(readySource({ simulate: file, ec2Port: 0 }, {})).rejects.toThrow(
      `The saved answer ${file} cannot be read: ${expected}`,
    );
    expect(() => readSignedManifest(file)).toThrow(`${manifestFile(file)} cannot be read: ${expected}`);
    expect(() => readPublicKey(file)).toThrow(`--key was given '${file}'; expected a public key`);
  });
});

describe('a file that somebody names', () => {
  it('is read no further than such a file can be long, also where it has no end', () => {
    expect(() => readTextFile('/dev/zero', 'checkpoints')).toThrow('/dev/zero has more than 16777216 bytes');
    writeFileSync(file, '');
    truncateSync(file, 65_537);
    expect(() => readTextFile(file, 'key')).toThrow('has more than 65536 bytes');
    expect(() => readPublicKey('/dev/zero')).toThrow("--key was given '/dev/zero'; expected a public key");
    expect(() => readTextFile(folder, 'key')).toThrow('is a folder; expected a file');
  });

  it('may be a pipe', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    spawn('sh', ['-c', 'printf kept > "$0"', pipe]);
    expect(readTextFile(pipe, 'checkpoints')).toBe('kept');
  });
});
