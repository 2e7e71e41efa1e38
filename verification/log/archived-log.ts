import {
  type Archive,
  checkpointObject,
  checkpointsOf,
  manifestObject,
  manifestsOf,
} from '../../lambda/trail/archive.ts';
import type { Findings } from '../findings.ts';
import type { TrustedKeys } from '../trusted-keys.ts';
import { type CheckpointReading, readCheckpointNote } from './trusted-checkpoint.ts';

/** What an archive holds of an endpoint's log. */
export interface ArchivedLog {
  /** Entries that have manifests, and sizes that have checkpoints. */
  readonly entries: ReadonlySet<number>;
  readonly sizes: ReadonlySet<number>;
  /** The largest size with a trusted checkpoint; 0 if there is none. */
  readonly newestSize: number;
  readManifest(entry: number): Promise<string | undefined>;
  /** Undefined where it is not there. */
  readCheckpoint(size: number): Promise<CheckpointReading | undefined>;
}

/** How many untrusted checkpoints are read to find the newest trusted one, from the largest size down. */
const LOOKED_AT = 32;

/**
 * Lists the archived objects of a log. Unexpected names are faults.
 *
 * The recorder archives a manifest before its checkpoint, so the checkpoints are listed first: each of them then has a manifest,
 * even while recording continues.
 */
export async function openArchivedLog(
  archive: Archive,
  endpointId: string,
  keys: TrustedKeys,
  findings: Findings,
): Promise<ArchivedLog> {
  const numbers = (prefix: string, nameOf: (endpointId: string, number: number) => string) =>
    listNumbers(archive, endpointId, prefix, nameOf, findings);
  const sizes = await numbers(checkpointsOf(endpointId), checkpointObject);
  const entries = await numbers(manifestsOf(endpointId), manifestObject);
  const read = async (size: number) => {
    const bytes = await archive.get(checkpointObject(endpointId, size));
    return bytes && readCheckpointNote(Buffer.from(bytes).toString(), endpointId, keys, size);
  };
  const newestSize = await findNewest([...sizes], entries, read);
  return {
    entries,
    sizes,
    newestSize,
    readManifest: async (entry) => {
      const bytes = entries.has(entry) ? await archive.get(manifestObject(endpointId, entry)) : undefined;
      return bytes && Buffer.from(bytes).toString();
    },
    // Looks for objects that were archived since the checkpoints were listed.
    readCheckpoint: async (size) => (sizes.has(size) || size > newestSize ? read(size) : undefined),
  };
}

/** A forged checkpoint never counts as the newest. If none is trusted, the manifests give the length of the log. */
async function findNewest(
  sizes: readonly number[],
  entries: ReadonlySet<number>,
  read: (size: number) => Promise<CheckpointReading | undefined>,
): Promise<number> {
  for (const size of sizes.slice(-LOOKED_AT).toReversed()) {
    if ((await read(size))?.checkpoint) return size;
  }
  return sizes.findLast((size) => entries.has(size - 1)) ?? 0;
}

async function listNumbers(
  archive: Archive,
  endpointId: string,
  prefix: string,
  nameOf: (endpointId: string, number: number) => string,
  findings: Findings,
): Promise<Set<number>> {
  const found = new Set<number>();
  for await (const key of archive.list(prefix)) {
    const number = Number.parseInt(key.slice(prefix.length), 10);
    if (nameOf(endpointId, number) === key) found.add(number);
    else {
      const message = `${key} is nothing that the recorder writes.`;
      findings.fault({ kind: 'object-added', place: 'archive', endpointId, message });
    }
  }
  return found;
}
