import * as z from 'zod/mini';
import { EPSILON, INTERVAL, name, wholeNumber } from '../settings.ts';

/**
 * The query function's environment. The construct that deploys the function writes it (as {@link QueryEnvironment}), the
 * handler parses it at start.
 */
export const queryEnvironment = z.object({
  SNAPSHOTS_TABLE: name,
  CONNECTIONS_TABLE: name,
  ACCESSES_TABLE: name,
  INTERVAL_MINUTES: wholeNumber(INTERVAL),
  EPSILON_SECONDS: wholeNumber(EPSILON),
});

/** What the construct writes: a string for each name. */
export type QueryEnvironment = Readonly<Record<keyof z.input<typeof queryEnvironment>, string>>;

/** What the handler reads. */
export type QuerySettings = z.output<typeof queryEnvironment>;
