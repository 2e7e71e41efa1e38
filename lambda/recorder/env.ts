import * as z from 'zod';
import { ENDPOINT_ID } from '../trail/endpoint-id.ts';

const wholeNumber = (least: number, most: number) =>
  z.string().regex(/^\d+$/, 'expected a whole number').transform(Number).pipe(z.number().min(least).max(most));

/**
 * The recorder's environment. The construct that deploys the function writes it (as {@link RecorderEnvironment}), the
 * handler parses it at start: one schema, so the two cannot disagree.
 */
export const recorderEnvironment = z.object({
  /** Name of the table of the evidence. */
  SNAPSHOTS_TABLE: z.string().min(1),
  /** Name of the table of the projection. */
  CONNECTIONS_TABLE: z.string().min(1),
  /** `all` Client VPN endpoints of the Region, or their ids, separated by commas. */
  ENDPOINTS: z.string().transform((text, context) => {
    if (text === 'all') return 'all' as const;
    const ids = text.split(',').map((id) => id.trim());
    for (const id of ids) {
      if (!ENDPOINT_ID.test(id)) {
        context.addIssue({
          code: 'custom',
          message: `expected "all" or ids like cvpn-endpoint-0123456789abcdef0, got "${id}"`,
        });
      }
    }
    return ids;
  }),
  /** Minutes between two scheduled recordings. */
  INTERVAL_MINUTES: wholeNumber(1, 15),
  /** Rows a page of DescribeClientVpnConnections; AWS allows 5 to 1000. */
  PAGE_SIZE: wholeNumber(5, 1000),
  /** Seconds allowed for clock skew and listing lag (the coverage rule's epsilon). */
  EPSILON_SECONDS: wholeNumber(0, 900),
  /** Days after which chunks and ended connections expire; `forever` keeps them. */
  RETENTION: z.union([z.literal('forever'), wholeNumber(1, 36_500)]),
  /** The AWS account that is recorded; stands in every connection and manifest. */
  ACCOUNT_ID: z.string().regex(/^\d{12}$/, 'expected 12 digits'),
  /** Name of the archive's bucket, which holds what the signed checkpoints cover. */
  ARCHIVE_BUCKET: z.string().min(1),
  /** ARN of the KMS key (ECC_NIST_EDWARDS25519) that signs the checkpoints. */
  SIGNING_KEY: z.string().min(1),
});

/** What the construct writes: a string for each name. */
export type RecorderEnvironment = Readonly<Record<keyof z.input<typeof recorderEnvironment>, string>>;

/** What the handler reads. */
export type RecorderSettings = z.output<typeof recorderEnvironment>;
