import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fewAtOnce } from '../../../lambda/few-at-once.ts';
import { CHECKPOINTS, checkpointObject, chunkObject, manifestObject } from '../../../lambda/trail/archive.ts';
import { unpackChunk } from '../../../lambda/trail/chunks.ts';
import { isEqual } from '../../../lambda/trail/merkle-proofs.ts';
import { hasExpired, type Manifest } from '../../../lambda/trail/snapshot.ts';
import { FolderArchive } from '../../../local/folder-archive.ts';
import { ApiFailure } from '../../api/api-failure.ts';
import { type Api, REQUESTS_AT_ONCE } from '../../api/client.ts';
import type { WalkedEntry } from './walk-log.ts';

/** A chunk of a snapshot, by its place in it. */
export interface WantedChunk {
  readonly manifest: Manifest;
  readonly index: number;
}

/** The evidence so far. */
export interface EvidenceCounts {
  manifests: number;
  chunks: number;
  /** Chunks that have expired under the trail's retention. */
  expired: number;
}

/** The evidence folder, laid out like the archive. Existing files are not requested again. */
export class EvidenceFolder {
  readonly counts: EvidenceCounts = { manifests: 0, chunks: 0, expired: 0 };
  readonly #path: string;
  readonly #archive: FolderArchive;
  readonly #api: Api;
  readonly #now: () => Date;
  readonly #seen = new Set<string>();

  constructor(path: string, api: Api, now: () => Date) {
    this.#path = path;
    this.#archive = new FolderArchive(path);
    this.#api = api;
    this.#now = now;
  }

  /** @throws ApiFailure if another manifest has its number */
  async putManifest({ manifest, text }: WalkedEntry): Promise<void> {
    const key = manifestObject(manifest.endpointId, manifest.entry);
    const bytes = Buffer.from(text);
    if (!(await this.#archive.putOnce(key, bytes))) {
      const there = await this.#archive.get(key);
      if (!there || !isEqual(there, bytes)) {
        throw new ApiFailure(`${join(this.#path, key)} is not what the API gives now. Begin anew with --restart.`);
      }
    }
    this.counts.manifests += this.#isFirst(key) ? 1 : 0;
  }

  /** @throws ApiFailure if the API does not have the chunk any more, or has another one */
  async putChunks(wanted: readonly WantedChunk[]): Promise<void> {
    const byKey = new Map(wanted.flatMap((one) => [[keyOf(one), one] as const]));
    const first = [...byKey].filter(([key]) => this.#isFirst(key));
    await fewAtOnce(first, REQUESTS_AT_ONCE, async ([key, { manifest, index }]) => {
      if (existsSync(join(this.#path, key))) this.counts.chunks += 1;
      else await this.#fetchChunk(key, manifest, index);
    });
  }

  async #fetchChunk(key: string, manifest: Manifest, index: number): Promise<void> {
    const { endpointId, slot } = manifest;
    const reference = manifest.chunks[index];
    const path = ['snapshots', endpointId, slot, 'chunks', String(index)];
    const bytes = hasExpired(manifest, this.#now()) ? undefined : await this.#api.askBytes(path);
    if (!bytes || !reference) {
      // Without an expiry it must exist.
      if (manifest.chunksExpireAt === undefined) throw new ApiFailure(lost(endpointId, slot, 'is missing'));
      this.counts.expired += 1;
      return;
    }
    await unpackChunk(reference, bytes).catch((error: unknown) => {
      throw new ApiFailure(lost(endpointId, slot, 'is not the one that its manifest names'), { cause: error });
    });
    await this.#archive.putOnce(key, bytes);
    this.counts.chunks += 1;
  }

  /** Stores the checkpoints of the proofs, and no others. */
  async replaceCheckpoints(
    checkpoints: readonly { readonly endpointId: string; readonly size: number; readonly note: string }[],
  ): Promise<void> {
    await rm(join(this.#path, CHECKPOINTS), { recursive: true, force: true });
    for (const { endpointId, size, note } of checkpoints) {
      await this.#archive.putOnce(checkpointObject(endpointId, size), Buffer.from(note));
    }
  }

  #isFirst(key: string): boolean {
    return this.#seen.size !== this.#seen.add(key).size;
  }
}

function keyOf({ manifest, index }: WantedChunk): string {
  return chunkObject(manifest.endpointId, manifest.slot, manifest.chunks[index]?.sha256 ?? '');
}

function lost(endpointId: string, slot: string, what: string): string {
  return `A chunk of the snapshot of ${slot} of ${endpointId} ${what}: cvpn-audit verify tells more.`;
}
