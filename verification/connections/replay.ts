import { projectLog } from '../../lambda/recorder/project.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import type { Watermark } from '../../lambda/trail/head.ts';
import { isMisdated, latestEnd } from '../../lambda/trail/misdated.ts';
import type { Projection } from '../../lambda/trail/ports.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import type { ReadEntry } from '../log/verify-chunks.ts';
import { type ReadChunk, ReplaySource } from './replay-source.ts';

/** What a connection was after the entries that changed it. */
export interface Replayed {
  /** Its states, oldest first: the last one up to the watermark, and those that came after it. */
  readonly states: readonly Connection[];
  /**
   * Whether all that made it what it is has been read. Otherwise what its earlier rows said (first sight, names that a later row
   * left out) is not known.
   */
  readonly isWhole: boolean;
  /** Whether the last state follows from two snapshots that were both read: then its entry is the one that changed it last. */
  readonly isSure: boolean;
}

/** The outcome of a replay. */
export interface Replay {
  readonly connections: ReadonlyMap<string, Replayed>;
  /** The watermark that belongs to the last entry. */
  readonly watermark: Watermark | undefined;
  /** The watermark after the entry that was named. */
  readonly watermarkThen: Watermark | undefined;
  /** Whether all that decides over that watermark's `unlisted` has been read. */
  readonly isUnlistedKnown: boolean;
}

/** AWS lists an ended connection for 60 minutes, and may correct its counters meanwhile. */
const STILL_LISTED_SECONDS = 2 * 3600;

/**
 * Makes the connections again from a log, in memory, by the recorder's own projector.
 *
 * @param through the number of the entry after which states are kept beside each other; before it only the last counts
 */
export async function replay(
  endpointId: string,
  entries: AsyncIterable<ReadEntry>,
  through: number,
  ports: { readonly now: () => Date; readonly readChunk: ReadChunk },
): Promise<Replay> {
  const { now, readChunk } = ports;
  const source = new ReplaySource(entries, readChunk);
  const projection = new ReplayedProjection(source, through);
  await projectLog({ log: source.log, projection, now, atHand: source.atHand }, endpointId);
  const { connections, watermark, watermarkThen, isUnlistedKnown } = projection;
  return { connections, watermark, watermarkThen, isUnlistedKnown };
}

/** Holds what the projector writes. */
class ReplayedProjection implements Projection {
  readonly connections = new Map<string, { states: Connection[]; isWhole: boolean; isSure: boolean }>();
  watermark: Watermark | undefined;
  watermarkThen: Watermark | undefined;
  isUnlistedKnown = true;
  readonly #source: ReplaySource;
  readonly #through: number;

  constructor(source: ReplaySource, through: number) {
    this.#source = source;
    this.#through = through;
    source.onUnread = (f) => this.#loseSightOf(f);
  }

  async readWatermark(): Promise<Watermark | undefined> {
    return undefined;
  }

  async saveWatermark(watermark: Watermark): Promise<boolean> {
    this.watermark = watermark;
    if (watermark.entry === this.#through) {
      this.watermarkThen = watermark;
      this.isUnlistedKnown = this.#source.isUnlistedKnown;
    }
    return true;
  }

  async readConnections(ids: readonly string[]): Promise<Map<string, Connection>> {
    const known = ids.flatMap((id): [string, Connection][] => {
      const last = this.connections.get(id)?.states.at(-1);
      return last ? [[id, last]] : [];
    });
    return new Map(known);
  }

  async writeConnection(connection: Connection): Promise<boolean> {
    const known = this.connections.get(connection.connectionId);
    const { isBaseKnown } = this.#source;
    const isWhole = isBaseKnown && (known?.isWhole ?? !this.#mayBeOlder(connection));
    const kept = connection.lastEntry > this.#through ? (known?.states ?? []) : [];
    this.connections.set(connection.connectionId, {
      states: [...kept, connection],
      isWhole,
      isSure: isBaseKnown,
    });
    return true;
  }

  /** One that was established before entries that were not read may have been in them. */
  #mayBeOlder(connection: Connection): boolean {
    const { establishedAt, establishedAtIsFirstSight } = connection;
    const isUnknown = establishedAtIsFirstSight === true || isMisdated(connection);
    const { unreadUntil } = this.#source;
    return unreadUntil !== undefined && (isUnknown || establishedAt <= unreadUntil);
  }

  /** What was open, or still listed, may have changed in an entry that cannot be read. */
  #loseSightOf(f: string): void {
    const listedSince = addSeconds(f, -STILL_LISTED_SECONDS);
    for (const replayed of this.connections.values()) {
      const last = replayed.states.at(-1);
      if (last?.end && (latestEnd(last) ?? '~') < listedSince) continue;
      Object.assign(replayed, { isWhole: false, isSure: false });
    }
  }
}
