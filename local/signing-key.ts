import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromSpki, type Signer } from '../lambda/trail/signed-note.ts';
import { toError } from '../lambda/trail/to-error.ts';

/** The signing key cannot be used. The message says why and what to do. */
class SigningKeyUnusable extends Error {
  override readonly name = 'SigningKeyUnusable';
}

/** The file of the signing key in a data folder. */
export const signingKeyFile = (folder: string): string => join(folder, 'signing-key.pem');

/** The file of the key before it, if it is still there. */
const previousKeyFile = (file: string): string => file.replace(/(\.pem)?$/, '.previous.pem');

/** Readable only by its owner. */
const FILE_MODE = 0o600;
const OTHERS = 0o077;

/**
 * The signer of a trail on one machine: an Ed25519 key in a file, which is created if missing. If the key was changed and the old one lies
 * beside it (`signing-key.previous.pem`), that one countersigns the change.
 *
 * @param file holds a PKCS #8 PEM, mode 600
 * @throws SigningKeyUnusable
 */
export function openSigningKey(file: string): Signer {
  const key = readKey(file) ?? makeKey(file);
  const before = readKey(previousKeyFile(file));
  return { ...signerOf(key), previous: before && signerOf(before) };
}

/** A signer of a private Ed25519 key. */
export function signerOf(key: KeyObject): Signer {
  const publicKey = fromSpki(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  return { publicKey: async () => publicKey, sign: async (message) => sign(null, message, key) };
}

function readKey(file: string): KeyObject | undefined {
  let pem: string;
  try {
    if ((statSync(file).mode & OTHERS) !== 0) {
      throw new SigningKeyUnusable(
        `The signing key ${file} can be read by others. Expected mode 600: chmod 600 ${file}`,
      );
    }
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SigningKeyUnusable) throw error;
    throw new SigningKeyUnusable(`The signing key ${file} cannot be read: ${toError(error).message}`, { cause: error });
  }
  return parseKey(file, pem);
}

function parseKey(file: string, pem: string): KeyObject {
  const problem = `${file} holds no private Ed25519 key. Put the trail's own key back; a new one would make verifiers ask who changed it.`;
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new SigningKeyUnusable(problem, { cause: error });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new SigningKeyUnusable(problem);
  return key;
}

/** Two processes may get here at once: the first one's key is used by both. */
function makeKey(file: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  const written = `${file}.${process.pid}`;
  try {
    writeFileSync(written, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: FILE_MODE });
    linkSync(written, file);
    return privateKey;
  } catch (error) {
    const made = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readKey(file) : undefined;
    if (made) return made;
    throw new SigningKeyUnusable(`The signing key ${file} cannot be made: ${toError(error).message}`, { cause: error });
  } finally {
    rmSync(written, { force: true });
  }
}
