import * as z from 'zod/mini';

/** A setting that is a whole number: what is taken, and of what it is a number. */
export interface WholeNumber {
  /** The plural of what is counted. */
  readonly unit: string;
  readonly least: number;
  readonly most: number;
}

/** Minutes between two recordings. Lambda ends a run after 15, and AWS remembers an ended connection for 60. */
export const INTERVAL = { unit: 'minutes', least: 1, most: 15, byDefault: 5 } as const;

/** Rows a page of DescribeClientVpnConnections (Amazon EC2 API Reference: MaxResults). */
export const PAGE_SIZE = { unit: 'rows', least: 5, most: 1000, byDefault: 1000 } as const;

/** Seconds that statements about coverage allow for clock skew and listing lag (the coverage rule's epsilon). */
export const EPSILON = { unit: 'seconds', least: 0, most: 900, byDefault: 120 } as const;

/** Days after which chunks and ended connections expire; or {@link FOREVER}, unless set. */
export const RETENTION = { unit: 'days', least: 1, most: 36_500 } as const;
export const FOREVER = 'forever';

/** What is expected, as the end of the sentence "expected …". */
export const expectedOf = ({ unit, least, most }: WholeNumber): string =>
  `a whole number of ${unit} from ${least} to ${most}`;
export const RETENTION_EXPECTED = `"${FOREVER}", or ${expectedOf(RETENTION)}`;

/** Reads a whole number from an environment, where everything is text. By zod's small form: the other takes a fifth of a cold start. */
export function wholeNumber(setting: WholeNumber) {
  const { least, most } = setting;
  const message = `expected ${expectedOf(setting)}`;
  return z.pipe(
    z.pipe(
      z.string().check(z.regex(/^\d{1,9}$/, message)),
      z.transform((digits) => Number(digits)),
    ),
    z.number().check(z.minimum(least, message), z.maximum(most, message)),
  );
}

/** Reads the name or the ARN of a resource. */
export const name = z.string().check(z.minLength(1, 'expected a name'));

/**
 * Reads a function's environment.
 *
 * @param whose the function, for the message
 * @throws TypeError where the environment is not what the construct writes; names what is wrong
 */
export function readEnvironment<T>(schema: z.ZodMiniType<T>, environment: NodeJS.ProcessEnv, whose: string): T {
  const read = schema.safeParse(environment);
  if (read.success) return read.data;
  throw new TypeError(`${whose}'s environment is not complete:\n${z.prettifyError(read.error)}`);
}
