import * as z from 'zod/mini';

const name = z.string().check(z.minLength(1, 'expected a name'));

const wholeNumber = (least: number, most: number) => {
  const message = `expected a whole number from ${least} to ${most}`;
  return z.pipe(
    z.pipe(
      z.string().check(z.regex(/^\d{1,9}$/, message)),
      z.transform((digits) => Number(digits)),
    ),
    z.number().check(z.minimum(least, message), z.maximum(most, message)),
  );
};

/**
 * The export function's environment. The construct that deploys the function writes it (as {@link ExportEnvironment}), the
 * handler parses it at start.
 */
export const exportEnvironment = z.object({
  /** Name of the table of the evidence. */
  SNAPSHOTS_TABLE: name,
  /** Name of the table of the projection. */
  CONNECTIONS_TABLE: name,
  /** Name of the table of the accesses: who asked what. */
  ACCESSES_TABLE: name,
  /** Name of the archive's bucket. */
  ARCHIVE_BUCKET: name,
  /** ARN of the KMS key that signs. */
  SIGNING_KEY: name,
  /** Minutes between two scheduled recordings: what is older is late. */
  INTERVAL_MINUTES: wholeNumber(1, 15),
  /** Seconds allowed for clock skew and listing lag (the coverage rule's epsilon). */
  EPSILON_SECONDS: wholeNumber(0, 900),
});

/** What the construct writes: a string for each name. */
export type ExportEnvironment = Readonly<Record<keyof z.input<typeof exportEnvironment>, string>>;

/** What the handler reads. */
export type ExportSettings = z.output<typeof exportEnvironment>;
