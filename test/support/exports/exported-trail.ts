import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiServer } from '../../../gateway/api-server.ts';
import type { QuerySettings } from '../../../lambda/query/env.ts';
import type { Elements } from '../../../lambda/trail/element.ts';
import type { SignedManifest } from '../../../lambda/trail/export-manifest.ts';
import { startLocalApi } from '../../../local/local-api.ts';
import { type AskedCommand, ask } from '../command/asked-api.ts';
import { settingsWithAccesses } from '../command/asked-trail.ts';
import { activeRow, RecordedTrail } from '../recording/recorded-trail.ts';
import { configured, lists } from '../recording/use-trail.ts';
import { stillDocuments } from '../servers/still-documents.ts';
import { type FlakyApi, startFlakyApi } from './exported-flaky-api.ts';

/** A recorded trail behind its real API, and a folder to export it to. */
export class ExportedTrail {
  readonly trail: RecordedTrail;
  /** What callers were not told. */
  readonly errors: unknown[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'exported-'));
  server!: ApiServer;
  /** Between the command and the API. */
  way!: FlakyApi;

  readonly #isStill: boolean;

  private constructor(trail: RecordedTrail, isStill: boolean) {
    this.trail = trail;
    this.#isStill = isStill;
  }

  /**
   * @param isStill - whether neither the trail nor the way changes, and nobody looks at the accesses: that is much quicker
   * @param settings - more than those of the trail
   */
  static async over(
    trail: RecordedTrail,
    { isStill = false, ...settings }: { readonly isStill?: boolean } & Pick<QuerySettings, 'TARGETS'> = {},
  ): Promise<ExportedTrail> {
    const exported = new ExportedTrail(trail, isStill);
    exported.server = await startLocalApi({
      port: 0,
      documents: isStill ? stillDocuments(trail.tables.endpoint) : trail.tables.documents,
      signer: trail.signer,
      settings: { ...(await settingsWithAccesses(trail)), ...settings },
      now: () => trail.now,
      onError: (error) => exported.errors.push(error),
    });
    exported.way = await startFlakyApi(exported.server.url);
    return exported;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs `export … --out NAME`, in the trail's own time. */
  export(name: string, words: string): Promise<AskedCommand> {
    const list = ['export', ...words.split(' ').filter((word) => word !== ''), '--out', this.path(name)];
    return ask((this.#isStill ? this.server : this.way).url, list, { time: { now: () => this.trail.now } });
  }

  bytes(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  manifest(name: string): SignedManifest {
    return JSON.parse(readFileSync(this.path(`${name}.manifest.json`), 'utf8')) as SignedManifest;
  }

  /** Everything in the folder, or in a folder in it, in order. */
  files(name = '.'): string[] {
    const entries = readdirSync(this.path(name), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return files.map((file) => file.slice(this.path(name).length + 1)).sort();
  }

  /** Removes what was exported. */
  clear(): void {
    for (const name of readdirSync(this.folder)) rmSync(this.path(name), { recursive: true });
    this.way.isDown = () => false;
  }

  async close(): Promise<void> {
    await this.way.close();
    await this.server.close();
    await this.trail.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** Rows of live connections, numbered, each with an address and a name of its own. */
export function liveRows(count: number, row: (id: string, index: number) => Elements): Elements[] {
  return Array.from({ length: count }, (_, index) => row(`cvpn-connection-${String(index).padStart(17, '0')}`, index));
}

/** A trail of three snapshots of one connection, whose first two have expired. */
export async function overExpired(): Promise<ExportedTrail> {
  const trail = configured(await RecordedTrail.start(), { RETENTION: 1 });
  for (const [ingressBytes, minutes] of [
    ['0', 5],
    ['1', 5],
    ['2', 25 * 60],
  ] as const)
    await lists(trail, [activeRow('cvpn-connection-0a', '2026-11-20 08:01:00', { ingressBytes })]).recordAfter(minutes);
  return ExportedTrail.over(trail);
}
