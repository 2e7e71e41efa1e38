import { ENDPOINT_ID } from './endpoint-id.ts';
import type { Hash } from './proof.ts';
import { NoteRefused, openNote, type Signer, signNote } from './signed-note.ts';

/** A log's state: how many entries it has, and the root of their Merkle tree. */
export interface Checkpoint {
  /** The log's name: see {@link originOf}. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** The newest checkpoint of a log, as the trail's own store keeps it. */
export interface StoredCheckpoint {
  readonly endpointId: string;
  /** Entries that it covers, and the slot of the last. */
  readonly size: number;
  readonly slot: string;
  /** The tree's compact range at this size: appending to it proves that the next checkpoint is consistent with this one. */
  readonly hashes: readonly Hash[];
  readonly note: string;
  /** Ed25519, 32 bytes: the key that signed it. */
  readonly publicKey: Uint8Array;
}

/**
 * The origin of an endpoint's log: the first line of its checkpoints, and the name of the key on them (C2SP tlog-checkpoint:
 * unique to the log, without spaces and plus signs). Ids of Client VPN endpoints are unique (ADR 16).
 */
export function originOf(endpointId: string): string {
  return `client-vpn-audit/${endpointId}`;
}

/** The endpoint whose log has this origin; undefined for anything else. */
export function endpointOf(origin: string): string | undefined {
  const endpointId = origin.slice(originOf('').length);
  return origin === originOf(endpointId) && ENDPOINT_ID.test(endpointId) ? endpointId : undefined;
}

/** The text of a checkpoint (C2SP tlog-checkpoint): origin, size, root in base64, a line each. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** Signs a checkpoint. It contains no time: signing the same tree again gives the same bytes. */
export function signCheckpoint(checkpoint: Checkpoint, ...signers: readonly Signer[]): Promise<string> {
  return signNote(checkpointText(checkpoint), checkpoint.origin, ...signers);
}

/**
 * Parses a checkpoint's text. Lines after the third are ignored, as the format requires.
 *
 * @throws NoteRefused
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', encoded = ''] = text.split('\n');
  const root = Buffer.from(encoded, 'base64');
  const isWhole = origin !== '' && /^(?:0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  if (!isWhole || root.length !== 32 || root.toString('base64') !== encoded) {
    throw new NoteRefused('malformed', 'this is no checkpoint: expected a name, a size and a root, a line each');
  }
  return { origin, size: Number(size), root };
}

/**
 * The checkpoint of a signed note, with the first of the keys that has signed it, and the others that have.
 *
 * @param publicKeys one of them must have signed it
 * @throws NoteRefused if it is not a checkpoint of this log, or none of the keys has signed it
 */
export function openCheckpoint(
  note: string,
  origin: string,
  publicKeys: readonly Uint8Array[],
): Checkpoint & { readonly publicKey: Uint8Array; readonly countersigners: readonly Uint8Array[] } {
  const { text, signedBy } = openNote(
    note,
    publicKeys.map((publicKey) => ({ name: origin, publicKey })),
  );
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.origin !== origin) {
    throw new NoteRefused('malformed', `this is a checkpoint of ${checkpoint.origin}, not of ${origin}`);
  }
  const [{ publicKey }, ...others] = signedBy;
  return { ...checkpoint, publicKey, countersigners: others.map((key) => key.publicKey) };
}
