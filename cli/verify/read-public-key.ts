import { parseVerifierKey } from '../../lambda/trail/signed-note.ts';
import { readTextFile } from '../../verification/read-text-file.ts';
import { ofPem } from '../../verification/trusted-keys.ts';
import { WrongUsage } from '../wrong-usage.ts';

const EXPECTED =
  'expected a public key as base64 (as the stack and GET /keys give it), a verifier key (name+hex+base64), or the file of a PEM';

/**
 * Reads `--key`: base64 of the 32 bytes, a C2SP verifier key, or a PEM file.
 *
 * @throws WrongUsage
 */
export function readPublicKey(text: string): Uint8Array {
  if (VERIFIER_KEY.test(text)) return ofVerifierKey(text);
  const raw = Buffer.from(text, 'base64');
  if (raw.length === 32 && raw.toString('base64') === text) return raw;
  let pem: string;
  try {
    pem = readTextFile(text, 'key');
  } catch (error) {
    throw new WrongUsage(`--key was given '${text}'; ${EXPECTED}.`, { cause: error });
  }
  const key = ofPem(pem);
  if (key) return key;
  throw new WrongUsage(`--key names ${text}, which holds no Ed25519 public key; ${EXPECTED}.`);
}

const VERIFIER_KEY = /^[^\s+]+\+[0-9a-f]{8}\+/;

function ofVerifierKey(text: string): Uint8Array {
  try {
    return parseVerifierKey(text).publicKey;
  } catch (error) {
    throw new WrongUsage(`--key was given '${text}', which is no verifier key of Ed25519; ${EXPECTED}.`, {
      cause: error,
    });
  }
}

/** Collects the keys of a repeated `--key`, for commander. @throws WrongUsage */
export function collectKeys(text: string, before: readonly Uint8Array[] | undefined): readonly Uint8Array[] {
  return [...(before ?? []), readPublicKey(text)];
}
