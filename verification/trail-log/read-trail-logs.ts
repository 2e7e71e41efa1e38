import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { TRAIL } from '../../lambda/dynamodb/snapshot-keys.ts';
import { type Archive, CHECKPOINTS, MANIFESTS } from '../../lambda/trail/archive.ts';
import { isTrailName, nameOfOrigin, readTrailEntry } from '../../lambda/trail/trail-log.ts';
import type { TrustedKeys } from '../trusted-keys.ts';
import type { VerifiedTrailLog } from './judge-trail-log.ts';
import { readTrailLog, type TrailLogPorts } from './read-trail-log.ts';

/**
 * Verifies the trail's own log, before the logs that it names. A store has one; an archive that several trails share has one of each.
 */
export async function readTrailLogs(ports: TrailLogPorts, keys: TrustedKeys): Promise<VerifiedTrailLog[]> {
  const { store, archive, findings } = ports;
  // The recorder writes the store first: what the archive has by now, the store has when it is read after it.
  const archived = archive ? await archivedTrails(archive) : [];
  const mark = store && (await firstItem(store, ENTRIES_END));
  const own = store && (mark ? String(mark.slot) : await nameInStore(store));
  const trails: VerifiedTrailLog[] = [];
  for (const name of new Set([...(own ? [own] : []), ...archived])) {
    findings.progress(`${name}  reading the trail’s log`);
    const isOwn = name === own;
    if (store && !isOwn) {
      const message = 'The archive has this log of the trail; the store does not.';
      findings.fault({ kind: 'log-removed', place: 'store', endpointId: name, message });
    }
    trails.push(
      await readTrailLog({ ...ports, store: isOwn ? store : undefined }, name, isOwn ? mark : undefined, keys),
    );
  }
  return trails;
}

/** After all entries: numbers of ten digits. */
const ENTRIES_END = '9999999999';

async function firstItem(store: StoredEvidence, after?: string): Promise<Item | undefined> {
  for await (const item of store.readEntries(TRAIL, after)) return item;
  return undefined;
}

/** Before the first checkpoint only the entries tell the name. */
async function nameInStore(store: StoredEvidence): Promise<string | undefined> {
  const entry = readTrailEntry(String((await firstItem(store))?.entry));
  return entry && nameOfOrigin(entry.origin);
}

/** The names of the trails' logs in an archive. */
export async function archivedTrails(archive: Archive): Promise<string[]> {
  const names = new Set<string>();
  for (const folder of [MANIFESTS, CHECKPOINTS]) {
    for await (const key of archive.list(`${folder}trail-`)) names.add(key.split('/')[1] ?? '');
  }
  return [...names].filter(isTrailName).sort();
}
