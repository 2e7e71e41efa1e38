import type { ConnectionAnswer, UsageSample } from '../../lambda/query/schemas/connection.ts';
import type { Range } from '../span.ts';
import { type Bytes, curveOf, minus, NO_BYTES, plus } from './byte-curve.ts';
import { type Divided, Largest } from './edge-counters.ts';
import type { RunningSum } from './sum.ts';
import type { Estimate } from './usage-report.ts';

/** The part of a connection's bytes between two moments that belongs to a sum. */
export interface Share {
  readonly sum: RunningSum;
  readonly from: number;
  readonly to: number;
}

interface Owed extends Divided {
  readonly shares: readonly Share[];
}

/** Divides the bytes of connections at edges, and keeps account of what that leaves in doubt. */
export class ByteShares {
  readonly #largest: Largest<Owed>;
  readonly #byCounters = { connections: 0, bytes: NO_BYTES };
  readonly #byTime = { connections: 0, bytes: NO_BYTES };

  /** @param most connections that are kept until their counters are asked for */
  constructor(most: number) {
    this.#largest = new Largest(most);
  }

  /** Those whose counters are worth a question, largest first. */
  get kept(): readonly Owed[] {
    return this.#largest.all;
  }

  get estimates() {
    return { byCounters: estimateOf(this.#byCounters), byTime: estimateOf(this.#byTime) };
  }

  /**
   * Adds a connection's bytes to its sums: now, or once its counters are known, if they are divided at an edge.
   *
   * @param shares the first is that of the whole window
   */
  add(connection: ConnectionAnswer, lasted: Range, shares: readonly Share[]): void {
    const { ingressBytes, egressBytes } = connection;
    if (ingressBytes === undefined && egressBytes === undefined) {
      for (const { sum } of shares) sum.withoutBytes += 1;
      return;
    }
    const edges: number[] = [];
    for (const { from, to } of shares) {
      if (from > lasted[0] && from < lasted[1]) edges.push(from);
      if (to > lasted[0] && to < lasted[1]) edges.push(to);
    }
    const inOrder = edges.sort((one, other) => one - other).filter((edge, index) => edge !== edges[index - 1]);
    const owed = { connection, lasted, edges: inOrder, shares };
    const isDivided = edges.length > 0 && Boolean(ingressBytes || egressBytes);
    const due = isDivided ? this.#largest.add(owed) : owed;
    if (due) this.divide(due, []);
  }

  /** Adds its bytes by its counters, or else by the share of time. */
  divide({ connection, lasted, edges, shares }: Owed, samples: readonly UsageSample[]): void {
    const curve = curveOf(connection, lasted, samples);
    // Mostly one share ends where the next begins.
    let end = { second: Number.NaN, bytes: NO_BYTES };
    const parts = shares.map(({ sum, from, to }): Bytes => {
      const before = from === end.second ? end.bytes : curve.at(from);
      end = { second: to, bytes: curve.at(to) };
      const bytes = minus(end.bytes, before);
      sum.addBytes(bytes);
      return bytes;
    });
    if (edges.length === 0) return;
    const doubt = curve.isTold ? this.#byCounters : this.#byTime;
    doubt.connections += 1;
    doubt.bytes = plus(doubt.bytes, curve.isTold ? curve.around(edges) : (parts[0] ?? NO_BYTES));
    if (!curve.isTold) for (const { sum } of shares) sum.estimated += 1;
  }
}

const estimateOf = ({ connections, bytes }: { connections: number; bytes: typeof NO_BYTES }): Estimate => ({
  connections,
  ingressBytes: BigInt(bytes.ingress),
  egressBytes: BigInt(bytes.egress),
});
