import { findRows } from '../../query/newest-snapshot.ts';
import { projectLog } from '../../recorder/project.ts';
import type { Connection } from '../../trail/connection.ts';
import type { Projection, SnapshotLog } from '../../trail/ports.ts';
import type { ReadRow } from '../../trail/row.ts';
import { hasExpired, type Manifest } from '../../trail/snapshot.ts';
import { addSeconds, type Instant } from '../../trail/time.ts';
import { MemoryProjection } from './memory-projection.ts';
import { DayExpired, ReplayedLog } from './replayed-log.ts';
import { stateByRow, stateByStored } from './state-before.ts';

/** The ports for replaying a day. */
export interface DaySources {
  readonly log: Pick<SnapshotLog, 'readManifestsAfter' | 'readManifest' | 'readChunk'>;
  readonly projection: Pick<Projection, 'readConnections'>;
  readonly now: () => Date;
}

/**
 * How far back the rows of a connection are read again. AWS ends a session after 24 hours (Client VPN Administrator Guide, "VPN
 * session duration timeout"); for an older one the export would exceed its time limit.
 */
const LONGEST_REPLAY_SECONDS = 32 * 86_400;

/** The state of connections before an entry. It comes from the log; the stored connections only say where to look. */
export class StatesBefore {
  readonly #sources: DaySources;
  readonly #first: Manifest;
  readonly #base: Manifest | undefined;

  /**
   * @param first the entry
   * @param base the snapshot that it is compared with
   */
  constructor(sources: DaySources, first: Manifest, base: Manifest | undefined) {
    this.#sources = sources;
    this.#first = first;
    this.#base = base;
  }

  /** @throws DayExpired if a connection of the log is not in the projection any more */
  async read(ids: readonly string[]): Promise<Map<string, Connection>> {
    const stored = await this.#sources.projection.readConnections(ids);
    const { entry, slot, endpointId } = this.#first;
    const states = new Map<string, Connection>();
    const changed: string[] = [];
    for (const id of ids) {
      const connection = stored.get(id);
      // The projector ignores a connection of another log (ids are unique, so that should not happen).
      const isAsStored = connection && (connection.lastEntry < entry || connection.endpointId !== endpointId);
      if (isAsStored) states.set(id, connection);
      else if (!connection || connection.firstSlot < slot) changed.push(id);
    }
    for (const state of await this.#readChanged(changed, stored)) states.set(state.connectionId, state);
    return states;
  }

  async #readChanged(ids: readonly string[], stored: ReadonlyMap<string, Connection>): Promise<Connection[]> {
    const rows = this.#base ? await findRows(this.#sources.log, this.#base, ids) : new Map<string, ReadRow>();
    const known: Connection[] = [];
    const unknown: Connection[] = [];
    for (const id of ids) {
      const [connection, row] = [stored.get(id), rows.get(id)];
      if (!connection && row) throw new DayExpired(`${id} is not in the projection any more`);
      if (!connection) continue;
      const state = row && this.#base && stateByRow(connection, row, this.#base);
      if (state) known.push(state);
      else unknown.push(connection);
    }
    return [...known, ...(await this.#readAgain(unknown, rows))];
  }

  /** Replays the rows of connections from their first ones on. */
  async #readAgain(connections: readonly Connection[], rows: ReadonlyMap<string, ReadRow>): Promise<Connection[]> {
    const readable = new Set<Connection>();
    for (const connection of connections) if (await this.#isReadable(connection)) readable.add(connection);
    const replayed = await this.#replay([...readable]);
    const lost = connections.filter((connection) => !readable.has(connection));
    return [...replayed, ...lost.map((connection) => this.#guess(connection, rows.get(connection.connectionId)))];
  }

  #guess(connection: Connection, row: ReadRow | undefined): Connection {
    const seen = row && this.#base && { row, manifest: this.#base };
    return stateByStored(connection, seen, this.#first.entry);
  }

  async #isReadable({ endpointId, firstSlot }: Connection): Promise<boolean> {
    if (firstSlot < addSeconds(this.#first.slot, -LONGEST_REPLAY_SECONDS)) return false;
    const manifest = await this.#sources.log.readManifest(endpointId, firstSlot);
    return manifest !== undefined && !hasExpired(manifest, this.#sources.now());
  }

  async #replay(connections: readonly Connection[]): Promise<Connection[]> {
    const [from] = connections.map(({ firstSlot }) => firstSlot).sort();
    if (from === undefined) return [];
    const { log, now } = this.#sources;
    const ids = connections.map(({ connectionId }) => connectionId);
    const replayed = new ReplayedLog(log, this.#entriesFrom(from), now, ids);
    const projection = new MemoryProjection({ readBefore: async () => new Map(), only: new Set(ids) });
    await projectLog({ log: replayed.asLog, projection, now: replayed.now, onlyShown: true }, this.#first.endpointId);
    return [...projection.changed.values()];
  }

  async *#entriesFrom(slot: Instant): AsyncGenerator<Manifest> {
    const { endpointId, entry } = this.#first;
    for await (const manifest of this.#sources.log.readManifestsAfter(endpointId, addSeconds(slot, -1))) {
      if (manifest.entry >= entry) return;
      yield manifest;
    }
  }
}
