import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { present } from '../../lambda/trail/present.ts';
import { DAY_SECONDS } from '../../lambda/trail/time.ts';
import { type Bucket, createCalendar } from '../calendar.ts';
import { instantOf, type Range, type Span, secondOf } from '../span.ts';
import { personOf, type Stay } from '../stays.ts';
import type { Endpoints, ReportFrame } from '../trail.ts';
import { RunningSum } from './sum.ts';
import { isOfTimes, type UsageQuestion, type UsageRow } from './usage-report.ts';

/** A sum that a part of a connection belongs to, the seconds that count there, and from when to when its bytes do. */
interface Place {
  readonly sum: RunningSum;
  readonly range: Range;
  readonly bytesOf: Range;
}

/** AWS's announcement of Client VPN (AWS News Blog, 2018-12-18): nothing was connected before. */
const FIRST_SECOND = secondOf('2018-12-18T00:00:00Z');
/** Days or hours without a connection are rows too, up to so many rows. */
const MOST_BUCKETS = 10_000;

/** The sums of the rows of a report. */
export class UsageRows {
  readonly #question: UsageQuestion;
  readonly #endpoints: Endpoints;
  readonly #window: Range;
  /** Until when anything is known. */
  readonly #known: number;
  readonly #calendar: ReturnType<typeof createCalendar> | undefined;
  readonly #rows = new Map<string | number, { readonly of: Partial<UsageRow>; readonly sum: RunningSum }>();

  constructor(question: UsageQuestion, endpoints: Endpoints, window: Range) {
    const { by, zone } = question;
    this.#question = question;
    this.#endpoints = endpoints;
    this.#window = window;
    this.#known = Math.min(secondOf(endpoints.newest ?? '9999-12-31T00:00:00Z'), window[1]);
    this.#calendar = isOfTimes(by) ? createCalendar(by, zone) : undefined;
  }

  get all() {
    return [...this.#rows.values()];
  }

  /** The places of a part of a connection, in which it was called the same. */
  placesOf({ endpointId, ...owner }: ConnectionAnswer, stay: Stay | undefined, span: Span): Place[] {
    if (this.#calendar) return this.#bucketsOf(span);
    const range = this.#window;
    const whole = { range, bytesOf: [range[0], range[1] + 1] as const };
    const { by } = this.#question;
    // A connection is its endpoint's, whatever was known of that when it was first seen.
    const {
      name: endpointName,
      accountId = owner.accountId,
      region = owner.region,
    } = this.#endpoints.get(endpointId) ?? {};
    if (by === 'account') return [{ sum: this.#sumOf(accountId, () => ({ accountId })), ...whole }];
    if (by === 'region') return [{ sum: this.#sumOf(region, () => ({ region })), ...whole }];
    if (by === 'endpoint') {
      return [{ sum: this.#sumOf(endpointId, () => ({ endpointId, ...present({ endpointName }) })), ...whole }];
    }
    const person = personOf(stay?.who);
    return [{ sum: this.#sumOf(person?.key ?? '', () => (person ? { user: person.name } : {})), ...whole }];
  }

  #bucketsOf({ lasted, possible }: Span): Place[] {
    const [since, until] = this.#window;
    // Where AWS names a time that cannot be, the years in between are no rows.
    const oldest = Math.max(since, FIRST_SECOND);
    const known = Math.max(this.#known, Math.min(lasted[1], this.#known + DAY_SECONDS));
    const newest = Math.max(oldest, Math.min(until, known));
    const clamp = (second: number) => Math.min(Math.max(second, oldest), newest);
    const buckets = this.#bucketsBetween(clamp(possible[0]), clamp(possible[1]));
    return buckets.map((bucket, index) => ({
      sum: this.#sumOfBucket(bucket),
      range: [Math.max(since, bucket.start), Math.min(until, bucket.end - 1)],
      // What such times hide belongs to the first and the last row.
      bytesOf: [index === 0 ? since : bucket.start, index === buckets.length - 1 ? until + 1 : bucket.end],
    }));
  }

  /** Adds rows for the days or hours of the window in which nobody was connected, as far as anything is known. */
  addEmpty({ since, until }: ReportFrame['window']): void {
    const oldest = Math.max(secondOf(since), FIRST_SECOND);
    const newest = Math.max(oldest, Math.min(secondOf(until), this.#known));
    const buckets = this.#bucketsBetween(oldest, newest, MOST_BUCKETS + 1);
    if (buckets.length <= MOST_BUCKETS) for (const bucket of buckets) this.#sumOfBucket(bucket);
  }

  #bucketsBetween(from: number, to: number, most = Number.POSITIVE_INFINITY): Bucket[] {
    const buckets: Bucket[] = [];
    let bucket = from <= to ? this.#calendar?.at(from) : undefined;
    while (bucket && bucket.start <= to && buckets.length < most) {
      buckets.push(bucket);
      bucket = this.#calendar?.at(bucket.end);
    }
    return buckets;
  }

  #sumOfBucket({ start, end }: Bucket): RunningSum {
    return this.#sumOf(start, () => ({ start: instantOf(start), end: instantOf(end) }));
  }

  #sumOf(key: string | number, describe: () => Partial<UsageRow>): RunningSum {
    const row = this.#rows.get(key);
    if (row) return row.sum;
    const sum = new RunningSum();
    this.#rows.set(key, { of: describe(), sum });
    return sum;
  }
}
