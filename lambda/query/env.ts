import * as z from 'zod/mini';
import { EPSILON, INTERVAL, name, wholeNumber } from '../settings.ts';
import { readTargetName } from '../trail/target-name.ts';

const targets = z.pipe(
  z.string().check(z.regex(/^\d{12}\/[a-z0-9-]+(,\d{12}\/[a-z0-9-]+)*$/, 'expected names like 111122223333/eu-west-1')),
  z.transform((names) => names.split(',').map(readTargetName)),
);

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
  /** The configured targets, like `111122223333/eu-west-1,111122223333/us-east-1`; absent where none are. */
  TARGETS: z.optional(targets),
});

/** What the construct writes: a string for each name. */
export type QueryEnvironment = { readonly [Name in keyof z.input<typeof queryEnvironment>]: string };

/** What the handler reads. */
export type QuerySettings = z.output<typeof queryEnvironment>;
