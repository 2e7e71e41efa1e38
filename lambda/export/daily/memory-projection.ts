import type { Connection } from '../../trail/connection.ts';
import type { Watermark } from '../../trail/head.ts';
import type { Projection } from '../../trail/ports.ts';

interface ReplayStart {
  /** How far the log had been projected before; absent at the log's beginning. */
  readonly mark?: Watermark | undefined;
  /** What had been known of connections before. */
  readonly readBefore: (ids: readonly string[]) => Promise<ReadonlyMap<string, Connection>>;
  /** Leave out all other connections. */
  readonly only?: ReadonlySet<string> | undefined;
}

/** A projection that lasts as long as a replay, and holds those connections that the replay is about. */
export class MemoryProjection implements Projection {
  /** What the replay wrote. */
  readonly changed = new Map<string, Connection>();
  watermark: Watermark | undefined;
  readonly #before = new Map<string, Connection | undefined>();
  readonly #start: ReplayStart;

  constructor(start: ReplayStart) {
    this.#start = start;
    this.watermark = start.mark;
  }

  async readWatermark(): Promise<Watermark | undefined> {
    return this.watermark;
  }

  async saveWatermark(watermark: Watermark): Promise<boolean> {
    this.watermark = watermark;
    return true;
  }

  async readConnections(ids: readonly string[]): Promise<Map<string, Connection>> {
    const unasked = ids.filter((id) => !this.#before.has(id) && !this.changed.has(id));
    const before = unasked.length > 0 ? await this.#start.readBefore(unasked) : undefined;
    for (const id of unasked) this.#before.set(id, before?.get(id));
    return new Map(
      ids.flatMap((id): [string, Connection][] => {
        const known = this.changed.get(id) ?? this.#before.get(id);
        return known ? [[id, known]] : [];
      }),
    );
  }

  async writeConnection(connection: Connection): Promise<boolean> {
    const id = connection.connectionId;
    if (this.#start.only && !this.#start.only.has(id)) return true;
    this.changed.set(id, connection);
    this.#before.delete(id);
    return true;
  }
}
