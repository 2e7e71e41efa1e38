import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** A signer: in AWS a KMS key, on one machine a key file. */
export interface Signer {
  /** The Ed25519 public key, 32 bytes (RFC 8032). */
  publicKey(): Promise<Uint8Array>;
  /** The Ed25519 signature of a message, 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
  /** The signer of the time before the key was changed, where it is still there: it countersigns what this one signs first. */
  readonly previous?: Signer | undefined;
}

/** A trusted key: a public key with a name (C2SP signed-note, "verifier keys"). */
interface VerifierKey {
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

interface NoteSignature {
  readonly name: string;
  /** The first four bytes of the hash of name and key. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A text is not a note, or no known key signed it, or a signature is wrong. */
export class NoteRefused extends Error {
  override readonly name = 'NoteRefused';
  readonly reason: 'malformed' | 'unknown-key' | 'wrong-signature';

  constructor(reason: NoteRefused['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The signature type of plain Ed25519 (C2SP signed-note, "signature types"). */
const ED25519 = 1;
const KEY_ID_BYTES = 4;
/** In front of a raw key in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_NAME = /^[^\s+]+$/u;
/** What is neither a newline nor above U+001F (C2SP signed-note, "format"). */
const CONTROL = /[^\n -\u{10ffff}]/u;
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

/**
 * Signs a text (C2SP signed-note, `https://c2sp.org/signed-note@v1.0.0`).
 *
 * @param text ends with a newline
 * @param name the name of each key: for a checkpoint the log's origin
 * @throws TypeError for an invalid key name, and if the signature does not match the signer's public key
 */
export async function signNote(text: string, name: string, ...signers: readonly Signer[]): Promise<string> {
  checkText(text);
  if (!KEY_NAME.test(name)) throw new TypeError(`a key is named without spaces and plus signs, got "${name}"`);
  const lines: string[] = [];
  for (const signer of signers) lines.push(await signLine(text, name, signer));
  return `${text}\n${lines.join('')}`;
}

async function signLine(text: string, name: string, signer: Signer): Promise<string> {
  const [publicKey, signature] = [await signer.publicKey(), await signer.sign(Buffer.from(text))];
  // The archive is permanent: if an alias now points to another key, no invalid signature may get there.
  if (!verify(null, Buffer.from(text), toKeyObject(publicKey), signature)) {
    throw new TypeError(`the signature of ${name} is not by the key that was given as its own`);
  }
  return `— ${name} ${base64(Buffer.concat([keyIdOf({ name, publicKey }), signature]))}\n`;
}

/**
 * Parses a note without checking its signatures.
 *
 * @throws NoteRefused
 */
export function parseNote(note: string) {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw malformed('it has no signature below an empty line');
  const text = note.slice(0, end + 1);
  checkText(text);
  const lines = note.slice(end + 2, -1).split('\n');
  return { text, signatures: lines.map(parseSignature) };
}

/**
 * The text of a note that one of the keys has signed, and all of them that have, in the order of the signatures.
 *
 * @throws NoteRefused if it is not a note, none of the keys has signed it, or a signature by one of them is wrong
 */
export function openNote(
  note: string,
  keys: readonly VerifierKey[],
): {
  readonly text: string;
  readonly signedBy: readonly [VerifierKey, ...VerifierKey[]];
} {
  const { text, signatures } = parseNote(note);
  const signedBy: VerifierKey[] = [];
  for (const { name, keyId, signature } of signatures) {
    const key = keys.find((one) => one.name === name && keyIdOf(one).equals(keyId));
    if (!key) continue;
    if (!verify(null, Buffer.from(text), toKeyObject(key.publicKey), signature)) {
      throw new NoteRefused('wrong-signature', `the signature of ${name} is not one of this text`);
    }
    signedBy.push(key);
  }
  const [first, ...others] = signedBy;
  if (first) return { text, signedBy: [first, ...others] };
  const by = signatures.map(({ name, keyId }) => `${name}+${hex(keyId)}`).join(', ');
  throw new NoteRefused('unknown-key', `it is signed by ${by}, which is no key that is trusted`);
}

/** The key id: four bytes that distinguish keys with the same name. */
export function keyIdOf({ name, publicKey }: VerifierKey): Buffer {
  const hash = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(ED25519)).update(publicKey).digest();
  return hash.subarray(0, KEY_ID_BYTES);
}

/** The key as text, for other verifiers: `name+hex(id)+base64(type || key)`. */
export function formatVerifierKey(key: VerifierKey): string {
  return `${key.name}+${hex(keyIdOf(key))}+${base64(Buffer.concat([Uint8Array.of(ED25519), key.publicKey]))}`;
}

/**
 * The key of {@link formatVerifierKey}'s text.
 *
 * @throws NoteRefused
 */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (name === undefined || bytes.length !== 33 || bytes[0] !== ED25519) {
    throw malformed(`"${text}" is no verifier key of Ed25519: expected name+hex+base64`);
  }
  const key = { name, publicKey: bytes.subarray(1) };
  if (hex(keyIdOf(key)) !== id) throw malformed(`the verifier key "${text}" has another key's id`);
  return key;
}

/** The public key as PEM, for OpenSSL and the like. */
export function toPem(publicKey: Uint8Array): string {
  return toKeyObject(publicKey).export({ type: 'spki', format: 'pem' }).toString();
}

/**
 * The 32 bytes of an Ed25519 public key in its SubjectPublicKeyInfo, as KMS and OpenSSL give it.
 *
 * @throws TypeError for a key of another kind
 */
export function fromSpki(der: Uint8Array): Uint8Array {
  const isEd25519 = der.length === SPKI_PREFIX.length + 32 && SPKI_PREFIX.equals(der.subarray(0, SPKI_PREFIX.length));
  if (!isEd25519) throw new TypeError('expected an Ed25519 public key as SubjectPublicKeyInfo (RFC 8410)');
  return der.subarray(SPKI_PREFIX.length);
}

/** A trail has a few keys, and each of its checkpoints is checked with one of them. */
const KEPT_KEYS = 20;
const keyObjects = new Map<string, KeyObject>();

function toKeyObject(publicKey: Uint8Array): KeyObject {
  const name = hex(publicKey);
  const kept = keyObjects.get(name);
  if (kept) return kept;
  const made = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  if (keyObjects.size >= KEPT_KEYS) keyObjects.clear();
  keyObjects.set(name, made);
  return made;
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (name === undefined || bytes.length <= KEY_ID_BYTES || base64(bytes) !== encoded) {
    throw malformed(`"${line}" is no signature line`);
  }
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

function checkText(text: string): void {
  if (!text.endsWith('\n')) throw malformed('its text does not end with a newline');
  if (CONTROL.test(text)) throw malformed('its text has a control character');
}

const malformed = (why: string) => new NoteRefused('malformed', `this is no signed note: ${why}`);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
