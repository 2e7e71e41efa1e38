import { toAnswer } from '../../../lambda/query/connection-answer.ts';
import { stateIn } from '../../../lambda/query/newest-snapshot.ts';
import type { ConnectionAnswer } from '../../../lambda/query/schemas/connection.ts';
import { winner } from '../../../lambda/trail/changes.ts';
import type { Connection } from '../../../lambda/trail/connection.ts';
import { foldSighting } from '../../../lambda/trail/fold.ts';
import type { ReadRow } from '../../../lambda/trail/row.ts';
import type { Manifest, StoredRow } from '../../../lambda/trail/snapshot.ts';
import type { Replayed } from '../replay.ts';

/** A connection's row in a snapshot that came along. */
interface Sight {
  readonly row: ReadRow;
  readonly manifest: Manifest;
}

/** What the evidence says of an endpoint's connections. */
export class ExpectedRows {
  readonly #replayed: ReadonlyMap<string, Replayed>;
  /** Rows of the stretch's last snapshot, and of the snapshots beside the stretch, oldest first. */
  readonly #sights = new Map<string, Sight[]>();
  readonly #lastEntry: number;

  constructor(replayed: ReadonlyMap<string, Replayed>, lastEntry: number) {
    this.#replayed = replayed;
    this.#lastEntry = lastEntry;
  }

  /** Adds the rows of a snapshot, in log order; `only` those of these connections. */
  addSnapshot(manifest: Manifest, rows: readonly StoredRow[], only?: ReadonlySet<string>): void {
    const byId = Map.groupBy(rows, ({ id }) => id);
    for (const [id, lines] of byId) {
      if (id === '' || (only && !only.has(id))) continue;
      const sight = { row: winner(lines, manifest.endpointId), manifest };
      this.#sights.set(id, [...(this.#sights.get(id) ?? []), sight]);
    }
  }

  /** All connections that the stretch knows. */
  get ids(): Iterable<string> {
    return this.#replayed.keys();
  }

  /** The states that a connection had, oldest first: in the stretch, and after each sight beyond it. */
  statesOf(id: string): Connection[] {
    const states = [...(this.#replayed.get(id)?.states ?? [])];
    for (const sight of this.#sights.get(id) ?? []) {
      const last = states.at(-1);
      if (sight.manifest.entry <= this.#lastEntry || (last && last.lastEntry >= sight.manifest.entry)) continue;
      states.push(foldSighting(last, id, sight, undefined));
    }
    return states;
  }

  /** What a faithful row can be: each state, and, while it was live, with what a snapshot says of it. */
  answersOf(id: string): ConnectionAnswer[] {
    const sights = this.#sights.get(id) ?? [];
    return this.statesOf(id).flatMap((state) => {
      const isLive = state.end === undefined && state.lastSlot === undefined;
      const filled = isLive ? sights.map((sight) => ({ ...state, ...stateIn(sight) })) : [];
      return [state, ...filled].map((connection) => toAnswer(connection));
    });
  }

  /** Whether all that made the connection what it is came along. */
  isWhole(id: string): boolean {
    const replayed = this.#replayed.get(id);
    return replayed?.isWhole === true && (replayed.states.at(-1)?.lastEntry ?? 0) <= this.#lastEntry;
  }

  /** Whether an entry that came along has a row of the connection at this slot, and what it says of its time. */
  sightAt(id: string, slot: string): Manifest | undefined {
    return this.#sights.get(id)?.find(({ manifest }) => manifest.slot === slot)?.manifest;
  }
}
