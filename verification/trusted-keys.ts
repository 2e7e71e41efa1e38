import { createPublicKey } from 'node:crypto';
import { type Archive, fingerprintOf, KEYS, keyObject } from '../lambda/trail/archive.ts';
import { isEqual } from '../lambda/trail/merkle-proofs.ts';
import { fromSpki, toPem } from '../lambda/trail/signed-note.ts';
import type { Manifest } from '../lambda/trail/snapshot.ts';
import type { Instant } from '../lambda/trail/time.ts';
import type { Findings } from './findings.ts';
import type { KeyChange, KeyHistory } from './log/key-history.ts';

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
 * The trusted keys: the named ones, otherwise those in the archive. Several there are no fault, since a key may be changed
 * lawfully: {@link noteKeys} tells of it. Beside named ones, another one is.
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

/** The keys of a log. */
interface SignedLog {
  readonly manifests: readonly Manifest[];
  readonly keys: KeyHistory;
}

/** A change of a log's key, in full. */
export interface LogKeyChange extends KeyChange {
  readonly endpointId: string;
  readonly slot: Instant | undefined;
}

/**
 * Notes each change of a key, with both keys and its time, and, if none was named, which keys signed what.
 *
 * @param isAll whether every checkpoint of every log was read
 */
export function noteKeys(
  logs: ReadonlyMap<string, SignedLog>,
  { publicKeys, isPinned }: TrustedKeys,
  isAll: boolean,
  findings: Findings,
): LogKeyChange[] {
  const changes: LogKeyChange[] = [];
  const used = [...logs.values()].flatMap(({ keys: { first, changes: later } }) => [
    ...(first ? [first] : []),
    ...later.map(({ to }) => to),
  ]);
  for (const [endpointId, { manifests, keys }] of logs) {
    for (const change of keys.changes) {
      const slot = manifests.find(({ entry }) => entry === change.entry)?.slot;
      changes.push({ ...change, endpointId, slot });
      findings.note(changeNote(endpointId, slot, change));
    }
    const isOne = keys.first && keys.changes.length === 0;
    if (isOne && !isPinned && used.some((key) => !isEqual(key, keys.first ?? key))) {
      findings.note(`${endpointId}: the key ${nameOf(keys.first)} has signed all of it that was read.`);
    }
  }
  const unused = publicKeys.filter((key) => !used.some((one) => isEqual(one, key)));
  if (isAll && !isPinned && publicKeys.length > 1) {
    for (const key of unused) {
      findings.note(`The archive holds the key ${nameOf(key)}, which has signed no checkpoint of a log.`);
    }
  }
  return changes;
}

/** Whether the change is lawful, as far as a signature can tell. */
function lawful(isCountersigned: boolean | undefined): string {
  if (isCountersigned) return 'which has countersigned it';
  return isCountersigned === undefined
    ? 'whose last checkpoints, and the first of the new one, were not read: a verification of all tells more'
    : 'which has not countersigned it: that this is lawful, who keeps the keys must say. Name with --key those that are yours';
}

function changeNote(endpointId: string, slot: Instant | undefined, { entry, from, to, isCountersigned }: KeyChange) {
  const first = isCountersigned === undefined ? 'signed' : 'signed first';
  return `${endpointId}: the key changed. ${nameOf(to)} ${first} the checkpoint that ends with entry ${entry} (${slot ?? 'of an unknown slot'}); before it ${nameOf(from)} signed, ${lawful(isCountersigned)}.`;
}

/** A key for people: its fingerprint, which is also the name of its file in the archive. */
const nameOf = (key: Uint8Array | undefined): string => fingerprintOf(key ?? new Uint8Array());

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
