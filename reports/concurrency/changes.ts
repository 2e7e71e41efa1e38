import type { Range, Span } from '../span.ts';

/** How many were connected at once from a second on, as far as their times are known. */
export interface Level {
  /** Seconds since 1970. */
  readonly at: number;
  readonly atLeast: number;
  readonly atMost: number;
}

/** Beginnings and ends, a few numbers a connection: what counts at once is exact only with all of them. */
export class Changes {
  readonly #surely: Edges = { starts: [], ends: [] };
  readonly #possibly: Edges = { starts: [], ends: [] };

  /** The second of an end counts too, as an instant of `connections --at` does. */
  add({ possible, surely, isSomewhen }: Span): void {
    const isOneSecond = isSomewhen && possible[0] === possible[1];
    for (const range of isOneSecond ? [possible] : surely) note(this.#surely, range);
    note(this.#possibly, possible);
  }

  /** Those of all endpoints together. */
  static joined(all: Iterable<Changes>): Changes {
    const joined = new Changes();
    for (const one of all) {
      for (const [into, from] of [
        [joined.#surely, one.#surely],
        [joined.#possibly, one.#possibly],
      ] as const) {
        for (const second of from.starts) into.starts.push(second);
        for (const second of from.ends) into.ends.push(second);
      }
    }
    return joined;
  }

  /** The levels in a window, oldest first; the first one is at its beginning. */
  *levels([since, until]: Range): Generator<Level> {
    const surely = walk(this.#surely);
    const possibly = walk(this.#possibly);
    let at = since;
    for (;;) {
      const [atLeast, atMost] = [surely.through(at), possibly.through(at)];
      yield { at, atLeast, atMost };
      at = Math.min(surely.next(), possibly.next());
      if (at > until) return;
    }
  }

  /** The first second at which one may have been connected. */
  get first(): number {
    return this.#possibly.starts.reduce((first, second) => Math.min(first, second), Number.POSITIVE_INFINITY);
  }
}

interface Edges {
  readonly starts: number[];
  readonly ends: number[];
}

function note({ starts, ends }: Edges, [from, to]: Range): void {
  starts.push(from);
  ends.push(to + 1);
}

/** Counts what has begun and has not ended. */
function walk(edges: Edges) {
  const starts = Float64Array.from(edges.starts).sort();
  const ends = Float64Array.from(edges.ends).sort();
  let [begun, ended] = [0, 0];
  return {
    /** How many are connected in a second, which must not be earlier than the last one. */
    through(second: number): number {
      while ((starts[begun] ?? Number.POSITIVE_INFINITY) <= second) begun += 1;
      while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= second) ended += 1;
      return begun - ended;
    },
    /** The next second at which something changes. */
    next: () => Math.min(starts[begun] ?? Number.POSITIVE_INFINITY, ends[ended] ?? Number.POSITIVE_INFINITY),
  };
}
