import { createPublicKey } from 'node:crypto';
import { type Archive, KEYS, keyObject } from '../lambda/trail/archive.ts';
import { isEqual } from '../lambda/trail/merkle-proofs.ts';
import { fromSpki, toPem } from '../lambda/trail/signed-note.ts';
import type { Findings } from './findings.ts';

/** The public keys whose signatures are accepted. */
export interface TrustedKeys {
  readonly publicKeys: readonly Uint8Array[];
  /** Whether the verifier named them; otherwise they come from the archive itself. */
  readonly isPinned: boolean;
}

/** The Ed25519 public key in a PEM, of which only the public half is read; undefined if there is none. */
export function ofPem(pem: string): Uint8Array | undefined {
  try {
    return fromSpki(createPublicKey(pem).export({ type: 'spki', format: 'der' }));
  } catch {
    return undefined;
  }
}

/**
 * The trusted keys: the named ones, otherwise those in the archive.
 *
 * @param pinned the named keys, for example from `--key`
 * @param otherwise the fallback if there are neither: the key that the verified data names itself
 */
export async function findTrustedKeys(
  pinned: readonly Uint8Array[],
  archive: Archive | undefined,
  findings: Findings,
  otherwise?: Uint8Array,
): Promise<TrustedKeys> {
  const archived = archive ? await readArchivedKeys(archive, findings) : { keys: [], isEmpty: false };
  if (pinned.length > 0) {
    for (const key of archived.keys.filter((one) => !pinned.some((other) => isEqual(one, other)))) {
      addedKey(`the key ${base64(key)}, which was not named with --key`, findings);
    }
    return { publicKeys: pinned, isPinned: true };
  }
  if (archived.keys.length > 1) {
    addedKey(`several keys: ${archived.keys.map(base64).join(', ')}. Name with --key those that are yours`, findings);
  }
  if (archived.keys.length > 0) return { publicKeys: archived.keys, isPinned: false };
  if (archived.isEmpty && otherwise) {
    const message = "The archive holds no public key. The store's own word is taken; better name the key with --key.";
    findings.fault({ kind: 'key-missing', place: 'archive', message });
  }
  return { publicKeys: otherwise ? [otherwise] : [], isPinned: false };
}

function addedKey(what: string, findings: Findings): void {
  findings.fault({ kind: 'key-added', place: 'archive', message: `The archive holds ${what}.` });
}

const base64 = (key: Uint8Array): string => Buffer.from(key).toString('base64');

async function readArchivedKeys(archive: Archive, findings: Findings) {
  const keys: Uint8Array[] = [];
  let isEmpty = true;
  for await (const name of archive.list(KEYS)) {
    const pem = Buffer.from((await archive.get(name)) ?? []).toString();
    const key = ofPem(pem);
    if (key && keyObject(key) === name && toPem(key) === pem) keys.push(key);
    else if (KEY_NAME.test(name)) {
      findings.fault({ kind: 'key-changed', place: 'archive', message: `${name} is not the key of its name.` });
    } else {
      const message = `${name} is nothing that the recorder writes.`;
      findings.fault({ kind: 'object-added', place: 'archive', message });
      continue;
    }
    isEmpty = false;
  }
  return { keys, isEmpty };
}

const KEY_NAME = /^keys\/[0-9a-f]{16}\.pem$/;
