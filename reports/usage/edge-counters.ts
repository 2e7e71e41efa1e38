import { type ConnectionAnswer, type UsageSample, usageAnswer } from '../../lambda/query/schemas/connection.ts';
import { inOrder } from '../../lambda/trail/in-order.ts';
import { count } from '../../words/amounts.ts';
import { instantOf, type Range } from '../span.ts';
import type { ReportPorts } from '../trail.ts';

/** A connection whose bytes are divided at edges, in seconds since 1970, ascending. */
export interface Divided {
  readonly connection: ConnectionAnswer;
  readonly lasted: Range;
  readonly edges: readonly number[];
}

/** How far from an edge a snapshot is looked for: past the usual interval, then past the longest (`INTERVAL` of the settings). */
const REACHES_SECONDS = [400, 3700];
/** A snapshot a minute, over the longest reach on both sides. */
const ROWS = '150';
const AT_ONCE = 6;

/** Keeps those with the most bytes: there a counter tells the most. */
export class Largest<T extends Divided> {
  readonly #most: number;
  readonly #kept: { readonly bytes: number; readonly one: T }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns the one that is given up for it, or itself */
  add(one: T): T | undefined {
    const { ingressBytes = 0, egressBytes = 0 } = one.connection;
    const bytes = Number(ingressBytes) + Number(egressBytes);
    if (this.#kept.length >= this.#most && bytes <= (this.#kept.at(-1)?.bytes ?? Number.POSITIVE_INFINITY)) return one;
    const place = this.#kept.findIndex((kept) => kept.bytes < bytes);
    this.#kept.splice(place < 0 ? this.#kept.length : place, 0, { bytes, one });
    return this.#kept.length > this.#most ? this.#kept.pop()?.one : undefined;
  }

  /** Largest first. */
  get all(): readonly T[] {
    return this.#kept.map(({ one }) => one);
  }
}

/**
 * Asks for the counters on both sides of each edge.
 *
 * @param most questions at most, for those that come first
 * @returns the samples of each; none where no question was left for it
 */
export async function askCounters<T extends Divided>(
  ports: ReportPorts,
  divided: readonly T[],
  most: number,
): Promise<(readonly [one: T, samples: readonly UsageSample[]])[]> {
  let left = most;
  let asked = 0;
  const budgeted = divided.map((one) => {
    const isAsked = one.edges.length <= left;
    if (isAsked) left -= one.edges.length;
    return { one, isAsked };
  });
  const mayAskMore = () => left > 0 && left-- > 0;
  const counted: (readonly [T, readonly UsageSample[]])[] = [];
  const read = async ({ one, isAsked }: (typeof budgeted)[number]) => {
    const samples = new Map<string, UsageSample>();
    for (const edge of isAsked ? one.edges : []) {
      for (const sample of await samplesAround(ports, one, edge, mayAskMore)) samples.set(sample.at, sample);
      asked += 1;
      ports.count(`Counters at the edges: ${count(asked, 'question')} of ${most - left} …`);
    }
    return [one, [...samples.values()]] as const;
  };
  for await (const one of inOrder(budgeted, AT_ONCE, read)) counted.push(one);
  return counted;
}

/** The samples near an edge, wider where there is none on one side while the connection lasted. */
async function samplesAround(
  { ask }: ReportPorts,
  { connection: { connectionId }, lasted: [start, end] }: Divided,
  edge: number,
  mayAskMore: () => boolean,
): Promise<readonly UsageSample[]> {
  let samples: readonly UsageSample[] = [];
  for (const [index, reach] of REACHES_SECONDS.entries()) {
    if (index > 0 && !mayAskMore()) break;
    const [since, until] = [instantOf(edge - reach), instantOf(edge + reach)];
    const question = { since, until, limit: ROWS };
    ({ samples } = await ask(['connections', connectionId, 'usage'], question, usageAnswer));
    const isBefore = edge - reach <= start || samples.some(({ at }) => at <= instantOf(edge));
    const isAfter = edge + reach >= end || samples.some(({ at }) => at > instantOf(edge));
    if (isBefore && isAfter) break;
  }
  return samples;
}
