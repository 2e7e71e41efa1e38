import * as z from 'zod/mini';
import { EPSILON, FOREVER, INTERVAL, name, PAGE_SIZE, RETENTION, wholeNumber } from '../settings.ts';
import { ENDPOINT_ID } from '../trail/endpoint-id.ts';

const endpoints = z.pipe(
  z.string(),
  z.transform((text, context) => {
    if (text === 'all') return 'all' as const;
    const ids = text.split(',').map((id) => id.trim());
    for (const id of ids) {
      if (ENDPOINT_ID.test(id)) continue;
      const message = `expected "all" or ids like cvpn-endpoint-0123456789abcdef0, got "${id}"`;
      context.issues.push({ code: 'custom', message, input: text });
    }
    return ids;
  }),
);

/**
 * The recorder's environment. The construct that deploys the function writes it (as {@link RecorderEnvironment}), the
 * handler parses it at start: one schema, so the two cannot disagree.
 */
export const recorderEnvironment = z.object({
  SNAPSHOTS_TABLE: name,
  CONNECTIONS_TABLE: name,
  /** `all` Client VPN endpoints of the Region, or their ids, separated by commas. */
  ENDPOINTS: endpoints,
  INTERVAL_MINUTES: wholeNumber(INTERVAL),
  PAGE_SIZE: wholeNumber(PAGE_SIZE),
  EPSILON_SECONDS: wholeNumber(EPSILON),
  RETENTION: z.union([z.literal(FOREVER), wholeNumber(RETENTION)]),
  /** The recorded AWS account; it is in every connection and manifest. */
  ACCOUNT_ID: z.string().check(z.regex(/^\d{12}$/, 'expected 12 digits')),
  /** What the roles of targets in other accounts demand as `sts:ExternalId`; absent where no role is assumed. */
  EXTERNAL_ID: z.optional(name),
  /** Name of the archive's bucket, with the data that the signed checkpoints cover. */
  ARCHIVE_BUCKET: name,
  /** ARN of the KMS key (ECC_NIST_EDWARDS25519) that signs the checkpoints. */
  SIGNING_KEY: name,
  /** ARN of the key before it, which countersigns the first checkpoint of the new one in each log. */
  PREVIOUS_SIGNING_KEY: z.optional(name),
});

/** What the construct writes: a string for each name. */
export type RecorderEnvironment = { readonly [Name in keyof z.input<typeof recorderEnvironment>]: string };

/** What the handler reads. */
export type RecorderSettings = z.output<typeof recorderEnvironment>;
