import { createPrivateKey, generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { toPem } from '../../lambda/trail/signed-note.ts';
import { openSigningKey, signingKeyFile } from '../../local/signing-key.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(inject('assemblies'), 'signing-key-'));
  file = signingKeyFile(folder);
});

describe('the signing key of a data folder', () => {
  it('is made where there is none, for its owner’s eyes alone', async () => {
    await openSigningKey(file).publicKey();
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(createPrivateKey(readFileSync(file, 'utf8')).asymmetricKeyType).toBe('ed25519');
    expect(readdirSync(folder)).toEqual(['signing-key.pem']);
  });

  it('is the same one the next time', async () => {
    const [first, next] = [openSigningKey(file), openSigningKey(file)];
    expect(await next.publicKey()).toEqual(await first.publicKey());
    const message = Buffer.from('a message');
    expect(await next.sign(message)).toEqual(await first.sign(message));
  });

  it('knows the key before it, where that lies beside it', async () => {
    const old = openSigningKey(file);
    expect(old.previous).toBeUndefined();
    renameSync(file, file.replace('.pem', '.previous.pem'));
    const changed = openSigningKey(file);
    expect(await changed.publicKey()).not.toEqual(await old.publicKey());
    expect(await changed.previous?.publicKey()).toEqual(await old.publicKey());
    chmodSync(file.replace('.pem', '.previous.pem'), 0o644);
    expect(() => openSigningKey(file)).toThrow(/signing-key\.previous\.pem can be read by others/);
  });

  it('signs what its public key verifies', async () => {
    const signer = openSigningKey(file);
    const message = Buffer.from('a message');
    const [publicKey, signature] = [toPem(await signer.publicKey()), await signer.sign(message)];
    expect(signature).toHaveLength(64);
    expect(verify(null, message, publicKey, signature)).toBe(true);
    expect(verify(null, Buffer.from('another'), publicKey, signature)).toBe(false);
  });

  it('is refused where others may read it, and says what to do', () => {
    openSigningKey(file);
    for (const mode of [0o640, 0o604, 0o620]) {
      chmodSync(file, mode);
      expect(() => openSigningKey(file)).toThrow(
        `The signing key ${file} can be read by others. Expected mode 600: chmod 600 ${file}`,
      );
    }
  });

  it.each([
    ['nothing', ''],
    ['no key', 'what is this'],
    [
      'a public key',
      toPem(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(12)),
    ],
    ['a key of another kind', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    ['a key for another use', pemOf(generateKeyPairSync('x25519').privateKey)],
  ])('is refused, and not made anew, where the file holds %s', (_, content) => {
    writeFileSync(file, content, { mode: 0o600 });
    expect(() => openSigningKey(file)).toThrow(`${file} holds no private Ed25519 key. Put the trail's own key back`);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it('cannot be made where there is no folder, and says so', () => {
    const nowhere = signingKeyFile(join(folder, 'nowhere'));
    expect(() => openSigningKey(nowhere)).toThrow(`The signing key ${nowhere} cannot be made: ENOENT`);
  });

  it('cannot be read where a folder is in its place, and says so', () => {
    expect(() => openSigningKey(folder)).toThrow(/The signing key .* (?:can be read by others|cannot be read: EISDIR)/);
  });
});

function pemOf(key: ReturnType<typeof createPrivateKey>): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
