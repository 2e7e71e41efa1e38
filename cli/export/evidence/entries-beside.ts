import { fewAtOnce } from '../../../lambda/few-at-once.ts';
import { chunksFor } from '../../../lambda/query/newest-snapshot.ts';
import { snapshotAnswer } from '../../../lambda/query/schemas/trail.ts';
import type { Instant } from '../../../lambda/trail/time.ts';
import { type Api, REQUESTS_AT_ONCE } from '../../api/client.ts';
import type { EvidenceFolder, WantedChunk } from './evidence-folder.ts';
import { sightsOutside, slotsOutside } from './rows-outside.ts';
import type { EvidenceStretch } from './stretch.ts';
import { readEntry, type WalkedEntry } from './walk-log.ts';

/** Entries outside the included ranges, by endpoint and slot. */
type EntriesBeside = ReadonlyMap<string, ReadonlyMap<Instant, WalkedEntry>>;

/**
 * Includes the entries with a row's first or last sight outside its endpoint's range: each manifest, and the chunk that
 * can have the row.
 */
export async function takeEntriesBeside(
  api: Api,
  spool: string,
  stretches: ReadonlyMap<string, EvidenceStretch>,
  folder: EvidenceFolder,
): Promise<EntriesBeside> {
  const entries = new Map<string, Map<Instant, WalkedEntry>>();
  for (const [endpointId, slots] of await slotsOutside(spool, stretches)) {
    const found = new Map<Instant, WalkedEntry>();
    await fewAtOnce(slots, REQUESTS_AT_ONCE, async (slot) => {
      const { canonical } = await api.ask(['snapshots', endpointId, slot], {}, snapshotAnswer);
      const entry = readEntry(endpointId, canonical);
      await folder.putManifest(entry);
      found.set(slot, entry);
    });
    entries.set(endpointId, found);
  }
  await folder.putChunks(await chunksOutside(spool, stretches, entries));
  return entries;
}

async function chunksOutside(
  spool: string,
  stretches: ReadonlyMap<string, EvidenceStretch>,
  entries: EntriesBeside,
): Promise<WantedChunk[]> {
  const wanted = new Map<string, WantedChunk>();
  for await (const { connectionId, stretch, slot } of sightsOutside(spool, stretches)) {
    const manifest = entries.get(stretch.endpointId)?.get(slot)?.manifest;
    if (!manifest) continue;
    for (const { index } of chunksFor(manifest, connectionId)) {
      wanted.set(`${stretch.endpointId} ${slot} ${index}`, { manifest, index });
    }
  }
  return [...wanted.values()];
}
