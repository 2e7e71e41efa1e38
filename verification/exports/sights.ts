import { chunksFor } from '../../lambda/query/newest-snapshot.ts';
import { winners } from '../../lambda/trail/changes.ts';
import type { Sighting } from '../../lambda/trail/fold.ts';
import type { ReadRow } from '../../lambda/trail/row.ts';
import type { Manifest, StoredRow } from '../../lambda/trail/snapshot.ts';
import type { Instant } from '../../lambda/trail/time.ts';

/**
 * Why there is none: the snapshot or its chunk is not included, the snapshot does not list the connection, or its rows are `lost`
 * (expired, or reported already).
 */
export type NoSight = 'no-snapshot' | 'no-chunk' | 'not-listed' | 'lost';

/** An included snapshot, limited to the rows that the export names. */
interface Looked {
  readonly manifest: Manifest;
  readonly rows: ReadonlyMap<string, ReadRow>;
  /** Hashes of the missing chunks. */
  readonly missing: ReadonlySet<string>;
  /** Whether that was expected or reported already. */
  readonly isTold: boolean;
}

/** The rows that the snapshots of an export's evidence have of its connections. */
export class Sights {
  readonly #bySlot = new Map<Instant, Looked>();
  readonly #wanted: ReadonlyMap<Instant, ReadonlySet<string>>;
  readonly #areAllThere: boolean;
  readonly #ids: ReadonlySet<string>;
  readonly #earliest = new Map<string, Instant>();

  /**
   * @param wanted the connections to keep, by slot: other rows are not needed again
   * @param areAllThere whether every snapshot that the manifest names could be read
   */
  constructor(wanted: ReadonlyMap<Instant, ReadonlySet<string>>, areAllThere: boolean) {
    this.#wanted = wanted;
    this.#areAllThere = areAllThere;
    this.#ids = new Set([...wanted.values()].flatMap((ids) => [...ids]));
  }

  /**
   * Adds a snapshot.
   *
   * @param missing hashes of its missing chunks
   * @param isTold whether that was expected or reported already
   */
  add(manifest: Manifest, rows: readonly StoredRow[], missing: Iterable<string>, isTold: boolean): void {
    const wanted = this.#wanted.get(manifest.slot) ?? new Set();
    const found = new Map(
      winners(
        rows.filter(({ id }) => wanted.has(id)),
        manifest.endpointId,
      ),
    );
    this.#bySlot.set(manifest.slot, { manifest, rows: found, missing: new Set(missing), isTold });
  }

  /** Notes all connections that a snapshot lists. */
  noteListed({ slot, endpointId }: Manifest, rows: readonly StoredRow[]): void {
    const wanted = rows.filter(({ id }) => this.#ids.has(id));
    for (const [id] of winners(wanted, endpointId)) {
      const known = this.#earliest.get(id);
      if (known === undefined || slot < known) this.#earliest.set(id, slot);
    }
  }

  /** The first slot at which a connection was noted. */
  earliestOf(id: string): Instant | undefined {
    return this.#earliest.get(id);
  }

  /** The row of a connection in the snapshot of a slot. */
  at(id: string, slot: Instant | undefined): Sighting | undefined {
    const sight = this.look(id, slot);
    return typeof sight === 'string' ? undefined : sight;
  }

  /** The row of a connection in the snapshot of a slot, or why there is none. */
  look(id: string, slot: Instant | undefined): Sighting | NoSight {
    const looked = this.#bySlot.get(slot ?? '');
    if (!looked) return this.#areAllThere ? 'no-snapshot' : 'lost';
    const { manifest, rows, missing, isTold } = looked;
    const row = rows.get(id);
    if (row) return { row, manifest };
    if (!chunksFor(manifest, id).some(({ reference }) => missing.has(reference.sha256))) return 'not-listed';
    return isTold ? 'lost' : 'no-chunk';
  }
}
