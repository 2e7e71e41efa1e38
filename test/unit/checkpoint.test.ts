import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkpointText,
  openCheckpoint,
  originOf,
  parseCheckpoint,
  signCheckpoint,
} from '../../lambda/trail/checkpoint.ts';
import { EXPORT_KEY_NAME } from '../../lambda/trail/export-manifest.ts';
import { leafHash } from '../../lambda/trail/proof.ts';
import { signNote } from '../../lambda/trail/signed-note.ts';
import { signerOf } from '../../local/signing-key.ts';

const newSigner = () => signerOf(generateKeyPairSync('ed25519').privateKey);
const [signer, stranger] = [newSigner(), newSigner()];
const ORIGIN = originOf('cvpn-endpoint-0aaaaaaaaaaaaaaaa');
const root = leafHash('a leaf');
const ROOT = Buffer.from(root).toString('base64');

describe('a checkpoint', () => {
  it('has a line each for its log, its size and its root', () => {
    expect(checkpointText({ origin: ORIGIN, size: 43, root })).toBe(
      `client-vpn-audit/cvpn-endpoint-0aaaaaaaaaaaaaaaa\n43\n${ROOT}\n`,
    );
  });

  it('opens as it was signed', async () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 2 ** 31 }), hash, async (size, bytes) => {
        const note = await signCheckpoint({ origin: ORIGIN, size, root: bytes }, signer);
        const publicKey = await signer.publicKey();
        const opened = openCheckpoint(note, ORIGIN, [await stranger.publicKey(), publicKey]);
        expect(opened).toEqual({ origin: ORIGIN, size, root: Buffer.from(bytes), publicKey, countersigners: [] });
        // The same bytes whenever it is signed.
        expect(await signCheckpoint({ origin: ORIGIN, size, root: bytes }, signer)).toBe(note);
      }),
    );
  });

  it('keeps what follows its third line, as the format wants it', async () => {
    const note = await signNote(`${ORIGIN}\n7\n${ROOT}\nwhatever comes one day\n`, ORIGIN, signer);
    expect(openCheckpoint(note, ORIGIN, [await signer.publicKey()])).toMatchObject({ size: 7 });
  });

  it.each([
    ['nothing', '\n'],
    ['no log', `\n7\n${ROOT}\n`],
    ['no root', `${ORIGIN}\n7\n`],
    ['a size with a zero before it', `${ORIGIN}\n07\n${ROOT}\n`],
    ['a size with a sign', `${ORIGIN}\n+7\n${ROOT}\n`],
    ['a size below zero', `${ORIGIN}\n-7\n${ROOT}\n`],
    ['a size in hexadecimal', `${ORIGIN}\n0x7\n${ROOT}\n`],
    ['a size that is not whole', `${ORIGIN}\n7.0\n${ROOT}\n`],
    ['a size beyond what numbers count', `${ORIGIN}\n9007199254740992\n${ROOT}\n`],
    ['a root that is too short', `${ORIGIN}\n7\n${ROOT.slice(0, 40)}\n`],
    ['a root without its padding', `${ORIGIN}\n7\n${ROOT.slice(0, -1)}\n`],
    ['a root with a space behind it', `${ORIGIN}\n7\n${ROOT} \n`],
    ['a root in hexadecimal', `${ORIGIN}\n7\n${Buffer.from(root).toString('hex')}\n`],
  ])('is none with %s', (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(expect.objectContaining({ name: 'NoteRefused', reason: 'malformed' }));
  });
});

describe('a checkpoint is refused', () => {
  const other = originOf('cvpn-endpoint-0bbbbbbbbbbbbbbbb');
  const of = (origin: string, by = signer) => signCheckpoint({ origin, size: 7, root }, by);

  it.each([
    ['another key has signed it', () => of(ORIGIN, stranger), /which is no key that is trusted/],
    ['it is another log’s, though the same key has signed both', () => of(other), /which is no key that is trusted/],
    [
      'it is signed under this log’s name, but with the other’s in it',
      () => signNote(checkpointText({ origin: other, size: 7, root }), ORIGIN, signer),
      `this is a checkpoint of ${other}, not of ${ORIGIN}`,
    ],
    [
      'what was signed is an export',
      () => signNote(`${EXPORT_KEY_NAME}\n{}\n`, EXPORT_KEY_NAME, signer),
      /which is no key that is trusted/,
    ],
  ])('where %s', async (_, sign, why) => {
    const [note, keys] = [await sign(), [await signer.publicKey()]];
    expect(() => openCheckpoint(note, ORIGIN, keys)).toThrow(why);
    expect(() => openCheckpoint(note, ORIGIN, keys)).toThrow(expect.objectContaining({ name: 'NoteRefused' }));
  });

  it('where nobody is trusted, and where an export is opened as what it is', async () => {
    const [note, keys] = [await of(ORIGIN), [await signer.publicKey()]];
    expect(() => openCheckpoint(note, ORIGIN, [])).toThrow('no key that is trusted');
    const exported = await signNote(`${EXPORT_KEY_NAME}\n{}\n`, EXPORT_KEY_NAME, signer);
    expect(() => openCheckpoint(exported, EXPORT_KEY_NAME, keys)).toThrow('this is no checkpoint');
  });
});
