import type { Instant } from '../../lambda/trail/time.ts';
import type { ReportFrame, ReportQuestion } from '../trail.ts';
import type { UsageSum } from './sum.ts';

/** What usage is added up by. */
export const USAGE_KEYS = ['user', 'endpoint', 'account', 'region', 'day', 'hour'] as const;
export type UsageKey = (typeof USAGE_KEYS)[number];

/** Whether its rows are times, in their order; those of others have the most bytes first. */
export const isOfTimes = (by: UsageKey): by is 'day' | 'hour' => by === 'day' || by === 'hour';

/** How many questions for counters a report asks, unless told otherwise: a few seconds on one machine. */
export const USUAL_COUNTERS = 100;

export interface UsageQuestion extends ReportQuestion {
  readonly by: UsageKey;
  /** How many questions it may ask for the counters around an edge. */
  readonly counters: number;
}

/** Usage of one person, endpoint, account, Region, day or hour. */
export interface UsageRow extends UsageSum {
  /** As AWS last wrote it; absent for connections whose user AWS did not name. */
  readonly user?: string;
  readonly endpointId?: string;
  readonly endpointName?: string;
  /** Of the endpoints; `unknown` where nothing tells whose they are. */
  readonly accountId?: string;
  readonly region?: string;
  /** The first moment of the day or hour, and that of the next one. */
  readonly start?: Instant;
  readonly end?: Instant;
  /** Something may be missing: a gap touches it, or it reaches past what is known. */
  readonly incomplete?: true;
}

/** Connections that cross an edge, and the bytes about which that leaves a doubt. */
export interface Estimate {
  readonly connections: number;
  readonly ingressBytes: bigint;
  readonly egressBytes: bigint;
}

/** Who used how much. Days and hours come in their order, other rows have the most bytes first. */
export interface UsageReport extends ReportFrame {
  readonly by: UsageKey;
  readonly rows: readonly UsageRow[];
  /** Each connection once. */
  readonly total: UsageSum;
  readonly estimates: {
    /** Divided by the snapshots' counters: in doubt is what passed between the two snapshots around an edge. */
    readonly byCounters: Estimate;
    /** Divided by the share of time: in doubt are all of their bytes that count here. */
    readonly byTime: Estimate;
  };
}
