import type { UsageSample } from '../lambda/query/schemas/connection.ts';

/** The directions of traffic by AWS's names: ingress is sent by the client, egress is received by it (EC2 API reference). */
export const DIRECTIONS = { ingressBytes: 'sent (upload)', egressBytes: 'received (download)' } as const;

/** One of {@link DIRECTIONS}. */
export type Direction = keyof typeof DIRECTIONS;

/** The time between two samples, milliseconds since 1970. */
export interface UsagePeriod {
  readonly start: number;
  readonly end: number;
  /** Bytes a second; undefined where it is not known when they passed, or whether: across a gap, or where a counter went back. */
  readonly rate: number | undefined;
}

/** What passed in one direction between each sample and the next. */
export function usagePeriods(samples: readonly UsageSample[], name: Direction): UsagePeriod[] {
  return samples.slice(1).map(({ at, since }, index) => {
    const [start, end] = [Date.parse(samples[index]?.at ?? at), Date.parse(at)];
    const bytes = since?.acrossGap ? undefined : since?.[name];
    const seconds = (end - start) / 1000;
    return { start, end, rate: bytes === undefined || seconds <= 0 ? undefined : Number(bytes) / seconds };
  });
}

/** What a sample says of the time since the one before, besides numbers. */
export function notesOn(since: UsageSample['since']): string {
  return [...(since?.acrossGap ? ['across a gap'] : []), ...(since?.reset ? ['a counter went back'] : [])].join(', ');
}
