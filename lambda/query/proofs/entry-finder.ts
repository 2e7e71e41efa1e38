import type { LogEntry, LogReads, LogStretch } from '../../dynamodb/log-reads.ts';
import type { StoredCheckpoint } from '../../trail/checkpoint.ts';
import { addSeconds, type Instant, secondsBetween } from '../../trail/time.ts';
import { contradiction } from './contradiction.ts';

type KnownPlace = Pick<LogEntry, 'entry' | 'slot'>;

/**
 * Within this distance of a known entry, the entries in between are read: one request that surely ends the search. At about a
 * kilobyte per entry it costs as much as a few guesses.
 */
const NEAR = 32;
/** Every second guess halves the time in which the entry can be, and no log lasts 2^64 seconds. */
const MOST_GUESSES = 128;
/** Concurrent searches. Each uses the results of earlier ones; more at once would repeat the same guesses. */
const AT_ONCE = 2;

/**
 * Finds entries of a log by their number, which no index has. Slots follow a schedule, so the slot of an entry is interpolated
 * from known ones. If outages make the guesses bad, bisection is used. Every entry that is read on the way
 * shortens the next search.
 */
export class EntryFinder {
  readonly #reads: LogReads;
  readonly #endpointId: string;
  /** By entry; the first is the log's first, the last the checkpoint's last. */
  readonly #known: KnownPlace[];
  /** The last search of each turn. */
  readonly #turns: Promise<unknown>[] = [];
  #searches = 0;
  readonly #found = new Map<number, Promise<LogEntry>>();

  private constructor(reads: LogReads, { endpointId, size, slot }: StoredCheckpoint) {
    this.#reads = reads;
    this.#endpointId = endpointId;
    this.#known = [{ entry: size - 1, slot }];
  }

  /**
   * @param checkpoint covers the entries that can be found; at least one
   * @param places entries that are known already
   */
  static async open(reads: LogReads, checkpoint: StoredCheckpoint, places: readonly KnownPlace[] = []) {
    const finder = new EntryFinder(reads, checkpoint);
    const [first] = await finder.#read({ limit: 1 });
    if (first?.entry !== 0) throw contradiction('The first entry of the log is missing');
    for (const { entry, slot } of places) finder.#learn(entry, slot);
    return finder;
  }

  /** @throws QueryProblem if the log has no such entry, or entries out of order */
  find(entry: number): Promise<LogEntry> {
    const found = this.#found.get(entry) ?? this.#inTurn(() => this.#search(entry));
    this.#found.set(entry, found);
    return found;
  }

  /**
   * The leaf hashes of the entries from one to another, both included: costs as many reads as there are entries.
   *
   * @throws QueryProblem where there are more, or fewer
   */
  async readLeafHashes(first: number, last: number): Promise<Uint8Array[]> {
    const [{ slot: from }, { slot: to }] = await Promise.all([this.find(first), this.find(last)]);
    const hashes = await this.#reads.readLeafHashes(this.#endpointId, from, to);
    if (hashes.length === last - first + 1) return hashes;
    throw contradiction(`From entry ${first} to ${last} there are ${hashes.length} entries`);
  }

  /** Begins a search after the one before it in its turn; if that failed, this one fails too. */
  #inTurn(search: () => Promise<LogEntry>): Promise<LogEntry> {
    const turn = this.#searches++ % AT_ONCE;
    const before = this.#turns[turn] ?? Promise.resolve();
    const found = before.then(search);
    this.#turns[turn] = found;
    return found;
  }

  async #search(entry: number): Promise<LogEntry> {
    for (let guesses = 0; guesses < MOST_GUESSES; guesses++) {
      const { below, above } = this.#around(entry);
      const walk = walkTo(entry, below, above);
      if (walk) {
        const reached = (await this.#read(walk)).at(-1);
        if (reached?.entry === entry) return reached;
        throw contradiction(`Entry ${entry} of the log is missing`);
      }
      const [met] = await this.#read({ from: guessSlot(guesses, entry, below, above), limit: 1 });
      if (met?.entry === entry) return met;
    }
    throw contradiction(`Entry ${entry} of the log cannot be found`);
  }

  async #read(stretch: LogStretch): Promise<LogEntry[]> {
    const entries = await this.#reads.readEntries(this.#endpointId, stretch);
    for (const { entry, slot, previousSlot } of entries) {
      this.#learn(entry, slot);
      if (previousSlot !== undefined) this.#learn(entry - 1, previousSlot);
    }
    return entries;
  }

  #learn(entry: number, slot: Instant): void {
    const place = this.#known.findIndex((known) => known.entry >= entry);
    const [before, after] = [this.#known[place - 1], this.#known[place]];
    if (after?.entry === entry && after.slot === slot) return;
    const isInOrder =
      after && entry < after.entry && slot < after.slot && entry >= 0 && !(before && before.slot >= slot);
    if (!isInOrder) throw contradiction(`Entry ${entry} of the log is not where it should be`);
    this.#known.splice(place, 0, { entry, slot });
  }

  /** The nearest known entries on both sides; where it is known itself, twice that. */
  #around(entry: number): { below: KnownPlace; above: KnownPlace } {
    const place = this.#known.findIndex((known) => known.entry >= entry);
    const above = this.#known[place];
    const below = above?.entry === entry ? above : this.#known[place - 1];
    if (!above || !below) throw new RangeError(`the checkpoint does not cover entry ${entry}`);
    return { below, above };
  }
}

/** The range from a nearby known entry to the wanted one; undefined if none is near. */
function walkTo(entry: number, below: KnownPlace, above: KnownPlace): LogStretch | undefined {
  const [up, down] = [entry - below.entry, above.entry - entry];
  if (Math.min(up, down) > NEAR) return undefined;
  if (up <= down) return { from: below.slot, to: above.slot, limit: up + 1 };
  return { from: below.slot, to: above.slot, order: 'descending', limit: down + 1 };
}

/** Alternates between linear interpolation and the middle of the time range. */
function guessSlot(guesses: number, entry: number, below: KnownPlace, above: KnownPlace): Instant {
  const share = guesses % 2 === 0 ? (entry - below.entry) / (above.entry - below.entry) : 1 / 2;
  return addSeconds(below.slot, Math.max(1, Math.round(secondsBetween(below.slot, above.slot) * share)));
}
