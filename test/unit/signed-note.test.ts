import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatVerifierKey,
  fromSpki,
  keyIdOf,
  NoteRefused,
  openNote,
  parseNote,
  parseVerifierKey,
  signNote,
  toPem,
} from '../../lambda/trail/signed-note.ts';
import { signerOf } from '../../local/signing-key.ts';

/** The documented example of Go's package golang.org/x/mod/sumdb/note: a signer's key, its verifier's, and what it signs. */
const NEUMANN = {
  privateKey: 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  verifierKey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
};
const NEUMANN_NOTE = `${NEUMANN.text}\n${NEUMANN.signature}\n`;

/** A checkpoint that Go's checksum database published, and the key that the go command has for it. */
const GO_SUM = {
  verifierKey: 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
  text: 'go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n',
  signature:
    '— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=',
};

/** In front of a seed in its PKCS #8 form (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const signerOfSeed = (seed: Uint8Array) =>
  signerOf(createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' }));

const newSigner = () => signerOf(generateKeyPairSync('ed25519').privateKey);
const [one, other] = [newSigner(), newSigner()];
const keyOf = async (name: string, signer = one) => ({ name, publicKey: await signer.publicKey() });
const lineOf = (note: string) => `${note.trimEnd().split('\n').at(-1)}\n`;

describe('a note of another’s making', () => {
  it.each([
    ['the documented example of Go', NEUMANN],
    ['a checkpoint of Go’s checksum database', GO_SUM],
  ])('opens with its verifier key: %s', (_, { verifierKey, text, signature }) => {
    const key = parseVerifierKey(verifierKey);
    expect(openNote(`${text}\n${signature}\n`, [key])).toEqual({ text, signedBy: [key] });
    expect(formatVerifierKey(key)).toBe(verifierKey);
  });

  it('is made byte for byte with its own key: Ed25519 signatures leave no choice', async () => {
    const signer = signerOfSeed(Buffer.from(NEUMANN.privateKey, 'base64').subarray(1));
    expect(await signNote(NEUMANN.text, 'PeterNeumann', signer)).toBe(NEUMANN_NOTE);
    expect(parseVerifierKey(NEUMANN.verifierKey).publicKey).toEqual(Buffer.from(await signer.publicKey()));
  });
});

describe('a note of ours', () => {
  it('is verified by WebCrypto over what is above the empty line', async () => {
    const note = await signNote('a text\n\nwith an empty line\n', 'example.com/log', one);
    const [, name, encoded] = /\n\n— (\S+) (\S+)\n$/.exec(note) ?? [];
    const signed = Buffer.from(encoded ?? '', 'base64');
    const text = Buffer.from(note.slice(0, note.lastIndexOf('\n\n') + 1));
    const key = await crypto.subtle.importKey('raw', Buffer.from(await one.publicKey()), 'Ed25519', false, ['verify']);
    expect(name).toBe('example.com/log');
    expect(await crypto.subtle.verify('Ed25519', key, signed.subarray(4), text)).toBe(true);
    const hashed = Buffer.concat([Buffer.from('example.com/log\n\x01'), await one.publicKey()]);
    expect(signed.subarray(0, 4)).toEqual(Buffer.from(await crypto.subtle.digest('SHA-256', hashed)).subarray(0, 4));
  });

  it('opens as it was signed, whatever it says', async () => {
    const key = await keyOf('log');
    // A note must not have what is below a space.
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[^ -\u{10ffff}]/gu, ''));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1 }), async (lines) => {
        const text = `${lines.join('\n')}\n`;
        expect(openNote(await signNote(text, 'log', one), [key])).toEqual({ text, signedBy: [key] });
      }),
    );
  });

  it('does not open with any character of it changed', async () => {
    const key = await keyOf('log');
    const note = await signNote('client-vpn-audit/x\n7\nAAAA\n', 'log', one);
    const changed = Array.from({ length: note.length }, (_, at) =>
      ['', 'A', 'B', '\n', ' '].map((wrong) => note.slice(0, at) + wrong + note.slice(at + 1)),
    );
    for (const other of changed.flat().filter((text) => text !== note)) {
      expect(() => openNote(other, [key])).toThrow(NoteRefused);
    }
  });

  it.each([
    ['a text without an end', 'text', 'log'],
    ['a carriage return', 'text\r\n', 'log'],
    ['a tab', 'a\ttext\n', 'log'],
    ['a space in the name', 'text\n', 'the log'],
    ['a no-break space in the name', 'text\n', 'the\u00a0log'],
    ['a plus in the name', 'text\n', 'log+'],
    ['no name', 'text\n', ''],
  ])('is not made with %s', async (_, text, name) => {
    await expect(signNote(text, name, one)).rejects.toThrow(/^(?:this is no signed note|a key is named)/);
  });

  it('is not given out where what signs has another key than it says', async () => {
    const torn = { publicKey: () => one.publicKey(), sign: (message: Uint8Array) => other.sign(message) };
    await expect(signNote('text\n', 'log', torn)).rejects.toThrow('is not by the key');
  });
});

describe('the signatures of a note', () => {
  const text = 'text\n';

  it('may be of unknown keys beside a known one', async () => {
    const known = await signNote(text, 'log', one);
    const key = await keyOf('log');
    const strangers = await Promise.all(
      Array.from({ length: 15 }, async (__, index) => lineOf(await signNote(text, `witness-${index}`, other))),
    );
    // The name alone, or the key under another name, is not the known key.
    const alike = [lineOf(await signNote(text, 'log', other)), lineOf(await signNote(text, 'logs', one))];
    const note = `${text}\n${strangers.join('')}${alike.join('')}${lineOf(known)}`;
    expect(openNote(note, [key])).toEqual({ text, signedBy: [key] });
    expect(parseNote(note).signatures).toHaveLength(18);
  });

  it('may be of several signers, whose keys are told in their order', async () => {
    const [first, second] = [await keyOf('log'), await keyOf('log', other)];
    const note = await signNote(text, 'log', one, other);
    expect(openNote(note, [second, first])).toEqual({ text, signedBy: [first, second] });
    expect(openNote(note, [second])).toEqual({ text, signedBy: [second] });
  });

  it('of unknown keys alone are refused, and named', async () => {
    const key = await keyOf('log', other);
    const id = Buffer.from(keyIdOf(key)).toString('hex');
    const note = await signNote(text, 'log', other);
    const error = { reason: 'unknown-key', message: `it is signed by log+${id}, which is no key that is trusted` };
    expect(() => openNote(note, [])).toThrow(expect.objectContaining(error));
    const alike = [
      { ...key, name: 'logs' },
      { ...key, publicKey: Buffer.alloc(32) },
    ];
    expect(() => openNote(note, alike)).toThrow(expect.objectContaining(error));
  });

  it('are all refused for one of a known key that is wrong', async () => {
    const keys = [await keyOf('log'), await keyOf('witness', other)];
    const mine = await signNote(text, 'log', one);
    const replayed = lineOf(await signNote('another text\n', 'witness', other));
    expect(() => openNote(`${mine}${replayed}`, keys)).toThrow(expect.objectContaining({ reason: 'wrong-signature' }));
  });

  it.each([
    ['no signature', 'text\n'],
    ['no empty line', `text\n${NEUMANN.signature}\n`],
    ['nothing below the empty line', 'text\n\n'],
    ['no newline at its end', NEUMANN_NOTE.slice(0, -1)],
    ['a hyphen for the dash', NEUMANN_NOTE.replace('—', '-')],
    ['two spaces', NEUMANN_NOTE.replace('— ', '—  ')],
    ['base64 of the address kind', NEUMANN_NOTE.replaceAll('/', '_')],
    ['base64 without its end', NEUMANN_NOTE.replace('=\n', '\n')],
    ['bits that base64 has no use for', NEUMANN_NOTE.replace('AM=', 'AN=')],
    ['a signature without a signature', `text\n\n— log AAAAAA==\n`],
    ['a control character', NEUMANN_NOTE.replace('you', '\u0007')],
    ['a line that is no signature', `${NEUMANN_NOTE}and more\n`],
  ])('are no note with %s', (_, note) => {
    const malformed = expect.objectContaining({ name: 'NoteRefused', reason: 'malformed' });
    expect(() => openNote(note, [parseVerifierKey(NEUMANN.verifierKey)])).toThrow(malformed);
  });
});

describe('a key', () => {
  it.each([
    ['another id', NEUMANN.verifierKey.replace('c74f20a3', 'c74f20a4'), "has another key's id"],
    ['another name', NEUMANN.verifierKey.replace('Peter', 'Paul'), "has another key's id"],
    ['another type', 'PeterNeumann+c74f20a3+AhpcAA==', 'expected name+hex+base64'],
    ['no parts', 'PeterNeumann', 'expected name+hex+base64'],
  ])('with %s is refused', (_, text, why) => {
    expect(() => parseVerifierKey(text)).toThrow(why);
  });

  it('comes back out of the PEM that is published', async () => {
    const pem = toPem(await one.publicKey());
    const der = Buffer.from(pem.split('\n').slice(1, 2).join(''), 'base64');
    expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(fromSpki(der)).toEqual(Buffer.from(await one.publicKey()));
  });

  it.each([
    ['rsa', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ec', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['ed448', () => generateKeyPairSync('ed448')],
    ['x25519', () => generateKeyPairSync('x25519')],
  ])('of the kind %s is refused', (_, generate) => {
    const der = generate().publicKey.export({ type: 'spki', format: 'der' });
    expect(() => fromSpki(der)).toThrow('expected an Ed25519 public key');
  });
});
