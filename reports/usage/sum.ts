import { present } from '../../lambda/trail/present.ts';
import type { Instant } from '../../lambda/trail/time.ts';
import { instantOf, type Range, type Span, touch, verdictIn } from '../span.ts';
import { personOf, type Stay } from '../stays.ts';
import { type Bytes, NO_BYTES, plus } from './byte-curve.ts';

/** What was added up. */
export interface UsageSum {
  /** Connections that were connected in it, as `connections` lists them. */
  readonly connections: number;
  /** Of these so many only may have been: their times are known only within bounds. */
  readonly possible?: number;
  /** Distinct people: names in any case and Unicode form. Those whose name AWS did not give are not counted. */
  readonly people: number;
  /** Connected time of all, one after the other; of an inferred end to its earliest, of an open connection to when it was last seen. */
  readonly seconds: number;
  /** The same to the latest possible end, from the earliest possible beginning, where that is more. */
  readonly secondsAtMost?: number;
  /** Sent by the clients: uploads. */
  readonly ingressBytes: bigint;
  /** Received by the clients: downloads. */
  readonly egressBytes: bigint;
  /** Connections whose bytes are divided by the share of time. */
  readonly estimated?: number;
  /** Connections whose bytes AWS did not give. */
  readonly withoutBytes?: number;
  /** The first and the last moment in it at which one was connected; absent where that is only possible. */
  readonly firstSeenAt?: Instant;
  readonly lastSeenAt?: Instant;
}

const overlap = (one: Range, from: number, until: number): number =>
  Math.max(0, Math.min(one[1], until) - Math.max(one[0], from));

/** Adds up the parts of connections that lie in one range of time, or all of them. */
export class RunningSum {
  connections = 0;
  estimated = 0;
  withoutBytes = 0;
  bytes: Bytes = NO_BYTES;
  #possible = 0;
  #seconds = 0;
  #secondsAtMost = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  readonly #people = new Set<string>();

  /**
   * Adds a part, without its bytes.
   *
   * @param range whose seconds count, the last one too
   * @param stays of the connection: those in the range say who it was
   */
  add(span: Span, range: Range, stays: readonly Stay[]): void {
    const verdict = verdictIn(span, range);
    if (verdict === 'no') return;
    this.connections += 1;
    if (verdict === 'possible') this.#possible += 1;
    for (const stay of stays) {
      const person = personOf(stay.who);
      if (person && (stays.length === 1 || verdictIn(stay.span, range) !== 'no')) this.#people.add(person.key);
    }
    // The last second of a range is a second long; the last of a connection is its end.
    const until = range[1] + 1;
    const seconds = overlap(span.lasted, range[0], until);
    this.#seconds += seconds;
    this.#secondsAtMost += Math.max(seconds, overlap(span.possible, range[0], until));
    // One that only may have been there was not seen.
    if (!touch(span.lasted, range)) return;
    this.#first = Math.min(this.#first, Math.max(span.lasted[0], range[0]));
    this.#last = Math.max(this.#last, Math.min(span.lasted[1], range[1]));
  }

  addBytes(bytes: Bytes): void {
    this.bytes = plus(this.bytes, bytes);
  }

  get result(): UsageSum {
    const isSeen = this.#first <= this.#last;
    return {
      connections: this.connections,
      people: this.#people.size,
      seconds: this.#seconds,
      ingressBytes: BigInt(this.bytes.ingress),
      egressBytes: BigInt(this.bytes.egress),
      ...present({
        possible: this.#possible || undefined,
        secondsAtMost: this.#secondsAtMost > this.#seconds ? this.#secondsAtMost : undefined,
        estimated: this.estimated || undefined,
        withoutBytes: this.withoutBytes || undefined,
        firstSeenAt: isSeen ? instantOf(this.#first) : undefined,
        lastSeenAt: isSeen ? instantOf(this.#last) : undefined,
      }),
    };
  }
}
