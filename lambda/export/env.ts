import * as z from 'zod/mini';
import { queryEnvironment } from '../query/env.ts';
import { name } from '../settings.ts';

/**
 * The export function's environment: that of the query function, because it reads the same data, plus signing key and archive. The
 * construct that deploys the function writes it (as {@link ExportEnvironment}), and the handler parses it at start.
 */
export const exportEnvironment = z.extend(queryEnvironment, {
  ARCHIVE_BUCKET: name,
  /** ARN of the KMS key that signs. */
  SIGNING_KEY: name,
});

/** What the construct writes: a string for each name. */
export type ExportEnvironment = { readonly [Name in keyof z.input<typeof exportEnvironment>]: string };

/** What the handler reads. */
export type ExportSettings = z.output<typeof exportEnvironment>;
