import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import {
  type Archive,
  archivedGapsOf,
  CHECKPOINTS,
  CHUNKS,
  chunkObject,
  EXPORTS,
  GAPS,
  KEYS,
  MANIFESTS,
} from '../../lambda/trail/archive.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import type { Findings } from '../findings.ts';
import { readNewer } from './stored-log.ts';

/** Objects that are looked at where their endpoints' logs, the keys, and the exports are. */
const ELSEWHERE = [MANIFESTS, CHECKPOINTS, EXPORTS];
const ENDPOINTS_FOLDERS = [GAPS, CHUNKS];

/**
 * Verifies that the archive holds only what the recorder has written: a manifest must name each chunk. An unnamed chunk may be
 * left from a log that was truncated everywhere else.
 *
 * @param logs the manifests of all endpoints, as they were read before
 */
export async function verifyArchiveNames(
  archive: Archive,
  store: StoredEvidence | undefined,
  logs: ReadonlyMap<string, readonly Manifest[]>,
  findings: Findings,
): Promise<void> {
  const named = new Map([...logs].map(([endpointId, manifests]) => [endpointId, new NamedChunks(manifests)]));
  const unknown: string[] = [];
  for await (const key of archive.list('')) {
    const [, endpointId = '', ...rest] = key.split('/');
    if (key.startsWith(KEYS) || (rest.length > 0 && ELSEWHERE.some((folder) => key.startsWith(folder)))) continue;
    const isOfLog = rest.length > 0 && ENDPOINTS_FOLDERS.some((folder) => key.startsWith(folder));
    const chunks = isOfLog ? named.get(endpointId) : undefined;
    if (chunks && (key.startsWith(archivedGapsOf(endpointId)) || chunks.has(key))) continue;
    unknown.push(key);
  }
  for (const key of unknown) {
    if (await isNewer(key, store, logs)) continue;
    const [, endpointId] = key.split('/');
    const known = endpointId !== undefined && logs.has(endpointId) ? endpointId : undefined;
    const message = known ? `${key} is no chunk that a manifest names.` : `${key} is nothing that the recorder writes.`;
    findings.fault({ kind: 'object-added', place: 'archive', endpointId: known, message });
  }
}

/** Whether an object belongs to what was recorded since the logs were read. */
async function isNewer(
  key: string,
  store: StoredEvidence | undefined,
  logs: ReadonlyMap<string, readonly Manifest[]>,
): Promise<boolean> {
  const [folder, endpointId = '', day = ''] = key.split('/');
  if (!ENDPOINTS_FOLDERS.includes(`${folder}/`) || day === '') return false;
  const last = logs.get(endpointId)?.at(-1);
  // Without the store it is unknown what is about to be archived.
  if (!store) return last === undefined || day >= last.slot.slice(0, 10);
  if (!last) return (await store.readHead(endpointId)) !== undefined;
  return new NamedChunks(await readNewer(store, endpointId, last)).has(key);
}

/** The chunk names from manifests, one day at a time: names are listed by day, and a log may be long. */
class NamedChunks {
  readonly #days: ReadonlyMap<string, readonly Manifest[]>;
  #day = '';
  #names: ReadonlySet<string> = new Set();

  constructor(manifests: readonly Manifest[]) {
    this.#days = Map.groupBy(manifests, ({ slot }) => slot.slice(0, 10));
  }

  has(key: string): boolean {
    const [, , day = ''] = key.split('/');
    if (day !== this.#day) {
      this.#day = day;
      const manifests = this.#days.get(day) ?? [];
      this.#names = new Set(
        manifests.flatMap(({ endpointId, slot, chunks }) =>
          chunks.map(({ sha256 }) => chunkObject(endpointId, slot, sha256)),
        ),
      );
    }
    return this.#names.has(key);
  }
}
