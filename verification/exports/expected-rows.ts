import { stateIn } from '../../lambda/query/newest-snapshot.ts';
import { type Connection, isLive } from '../../lambda/trail/connection.ts';
import { foldInferredEnd, foldUnlisted, type Sighting } from '../../lambda/trail/fold.ts';
import { addSeconds, type Instant, later } from '../../lambda/trail/time.ts';
import type { Replayed } from '../connections/replay.ts';
import type { ClaimedEnd, ClaimedSight } from './claimed-sights.ts';
import { boundedRow, type ExpectedRow, expectedRow, seeAgain } from './expected-row.ts';
import type { Sights } from './sights.ts';
import { OF_FIRST_SIGHT, OF_LAST_STATE, unknownFromBefore, untoldOf } from './unknown-members.ts';

/** The first and the last entry number of the included range of a log. */
interface StretchBounds {
  readonly first: number;
  /** Its last snapshot, and its last entry. */
  readonly lastSnapshot: number;
  readonly last: number;
  /** Live connections are filled from this snapshot, or a later one; and until when they were surely known with it. */
  readonly settled: number;
  readonly knownThrough: Instant | undefined;
  /** The last entry whose rows have expired, or are missing. */
  readonly lastLost: number | undefined;
}

/** An endpoint's connections according to the evidence. */
export class ExpectedRows {
  /** The connections of the range, each with the states that an export can have seen in it. */
  readonly replayed: ReadonlyMap<string, Replayed>;
  readonly sights: Sights;
  readonly #bounds: StretchBounds;

  constructor(replayed: ReadonlyMap<string, Replayed>, sights: Sights, bounds: StretchBounds) {
    this.replayed = replayed;
    this.sights = sights;
    this.#bounds = bounds;
  }

  get knownThrough(): Instant | undefined {
    return this.#bounds.knownThrough;
  }

  /** All possible rows that name these snapshots; empty if no included snapshot lists the connection. */
  rowsOf(id: string, claimed: readonly ClaimedSight[], ended: ClaimedEnd): ExpectedRow[] {
    const slotOf = (name: ClaimedSight['member']) => claimed.find(({ member }) => member === name)?.slot;
    const first = this.sights.at(id, slotOf('firstSlot'));
    const last = this.sights.at(id, slotOf('lastSlot'));
    const hasExpired = this.#bounds.lastLost !== undefined || this.sights.look(id, slotOf('firstSlot')) === 'lost';
    const inStretch = (this.replayed.get(id)?.states ?? []).map((state) =>
      this.#inStretch(id, state, first, hasExpired),
    );
    const later = this.#outside(id, inStretch.at(-1), first, last, hasExpired);
    const rows = later ? [...inStretch, later] : inStretch;
    const final = rows.at(-1);
    if (this.sights.look(id, slotOf('lastSlot')) === 'lost') {
      return final ? [{ ...final, unknown: new Set([...final.unknown, ...OF_LAST_STATE]) }] : [];
    }
    const filled = rows.map((row) => this.#fill(hasExpired ? row : boundedRow(row, ended), last));
    return final && last ? [...filled, ...this.#vanished(final, last, ended)] : filled;
  }

  #inStretch(id: string, state: Connection, first: Sighting | undefined, hasExpired: boolean): ExpectedRow {
    if (this.replayed.get(id)?.isWhole) return expectedRow(state, [], []);
    const isBefore = first !== undefined && first.manifest.entry < this.#bounds.first;
    const connection = isBefore ? { ...state, ...firstSight(first) } : state;
    const unknown = [...unknownFromBefore(state), ...(first ? [] : OF_FIRST_SIGHT)];
    return expectedRow(connection, unknown, hasExpired ? untoldOf(state) : []);
  }

  /** Adds data from entries outside the range. */
  #outside(
    id: string,
    base: ExpectedRow | undefined,
    first: Sighting | undefined,
    last: Sighting | undefined,
    hasExpired: boolean,
  ): ExpectedRow | undefined {
    const isLater = last !== undefined && last.manifest.entry > this.#bounds.last;
    const isOther = last?.manifest.slot !== first?.manifest.slot;
    const sights = base ? [isLater ? last : undefined] : [first, isOther ? last : undefined];
    let row = base;
    for (const sight of sights) if (sight) row = seeAgain(id, row, sight, hasExpired);
    if (row === base || !row) return undefined;
    return base || first ? row : { ...row, unknown: new Set([...row.unknown, ...OF_FIRST_SIGHT]) };
  }

  /** While it is live, with the data of the snapshot that was the newest when the query was answered. */
  #fill(row: ExpectedRow, last: Sighting | undefined): ExpectedRow {
    const { connection } = row;
    if (!isLive(connection) || !last) return row;
    const { entry } = last.manifest;
    if (entry < connection.lastEntry || entry < this.#bounds.settled) return row;
    return { ...row, connection: { ...connection, ...stateIn(last) } };
  }

  /**
   * As changed by a later snapshot that does not list it, and by another one that infers its end. When that was is the claim of the row;
   * it was not before the connection was surely connected.
   */
  #vanished({ connection, unknown, untold }: ExpectedRow, last: Sighting, claimed: ClaimedEnd): ExpectedRow[] {
    if (connection.end !== undefined) return [];
    const { entry, s, epsilonSeconds } = last.manifest;
    const { lastSnapshot, lastLost = -1 } = this.#bounds;
    // A connection that was listed at the end of the range did not vanish before.
    const isKnown = this.replayed.has(connection.connectionId) && entry < lastSnapshot && lastLost < entry;
    if (isLive(connection) && isKnown) return [];
    const alive = addSeconds(s, -epsilonSeconds);
    const { unlistedSince, between: [, endedBefore = alive] = [] } = claimed;
    const unlisted = isLive(connection)
      ? { ...foldUnlisted(connection, last, last.manifest), unlistedSince: later(alive, unlistedSince ?? alive) }
      : connection;
    // The deletion of its endpoint ends what was listed until then.
    const before = unlistedSince === undefined ? connection : unlisted;
    const ended = foldInferredEnd(before, last, endedBefore, last.manifest);
    return [unlisted, ended].map((one) => ({ connection: one, unknown, untold, isBeyond: true }));
  }
}

const firstSight = ({ manifest: { s, slot } }: Sighting) => ({ firstSeenAt: s, firstSlot: slot });
