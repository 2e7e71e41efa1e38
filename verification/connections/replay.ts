import { projectLog } from '../../lambda/recorder/project.ts';
import type { Connection } from '../../lambda/trail/connection.ts';
import type { Watermark } from '../../lambda/trail/head.ts';
import { isMisdated, latestEnd } from '../../lambda/trail/misdated.ts';
import type { Projection } from '../../lambda/trail/ports.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import type { ReadEntry } from '../log/verify-chunks.ts';
import { type ReadChunk, ReplaySource } from './replay-source.ts';

/** The states of a connection after the entries that changed it. */
export interface Replayed {
  /** Its states, oldest first: the last one up to the watermark, and all later ones. */
  readonly states: readonly Connection[];
  /**
   * Whether all its rows were read. Otherwise members from its earlier rows (first sight, names that a later row
   * lacks) are unknown.
   */
  readonly isWhole: boolean;
  /** Whether both snapshots behind the last state were read: then its entry is the one that changed it last. */
  readonly isSure: boolean;
}

/** The outcome of a replay. */
export interface Replay {
  readonly connections: ReadonlyMap<string, Replayed>;
  /** The watermark that belongs to the last entry. */
  readonly watermark: Watermark | undefined;
  /** The watermark after the entry that was named. */
  readonly watermarkThen: Watermark | undefined;
  /** The networks that were stored while that entry was the last: first, and before the changes of the next one. */
  readonly networksThen: readonly (readonly string[])[];
  /** Whether everything that determines that watermark's `unlisted` was read. */
  readonly isUnlistedKnown: boolean;
  /** The last entry before the first odd connection; undefined if there is none. */
  readonly plainThrough: number | undefined;
  /** Whether all rows were read. */
  readonly isAllRead: boolean;
}

/** AWS lists an ended connection for 60 minutes, and may correct its counters during that time. */
const STILL_LISTED_SECONDS = 2 * 3600;

/**
 * Rebuilds the connections from a log, in memory, with the recorder's own projector.
 *
 * @param through after this entry all states are kept; before it only the last one
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
  const { connections, watermark, watermarkThen, networksThen, isUnlistedKnown, plainThrough } = projection;
  const isAllRead = source.unreadUntil === undefined;
  return { connections, watermark, watermarkThen, networksThen, isUnlistedKnown, plainThrough, isAllRead };
}

/** Holds the projector's writes. */
class ReplayedProjection implements Projection {
  readonly connections = new Map<string, { states: Connection[]; isWhole: boolean; isSure: boolean }>();
  watermark: Watermark | undefined;
  watermarkThen: Watermark | undefined;
  readonly networksThen: (readonly string[])[] = [];
  isUnlistedKnown = true;
  plainThrough: number | undefined;
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
    if (!watermark.noneOdd) this.plainThrough ??= watermark.entry;
    if (watermark.entry === this.#through) {
      this.watermarkThen = watermark;
      this.networksThen.push(watermark.networks ?? []);
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

  /** A connection that was established before unread entries may be in them. */
  #mayBeOlder(connection: Connection): boolean {
    const { establishedAt, establishedAtIsFirstSight } = connection;
    const isUnknown = establishedAtIsFirstSight === true || isMisdated(connection);
    const { unreadUntil } = this.#source;
    return unreadUntil !== undefined && (isUnknown || establishedAt <= unreadUntil);
  }

  /** An open or still listed connection may have changed in an unreadable entry. */
  #loseSightOf(f: string): void {
    const listedSince = addSeconds(f, -STILL_LISTED_SECONDS);
    for (const replayed of this.connections.values()) {
      const last = replayed.states.at(-1);
      if (last?.end && (latestEnd(last) ?? '~') < listedSince) continue;
      Object.assign(replayed, { isWhole: false, isSure: false });
    }
  }
}
