import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { ENDPOINT_ID } from '../lambda/trail/endpoint-id.ts';
import { contradictions } from './config-contradictions.ts';

const TABLE_NAME = /^[A-Za-z0-9_.-]{3,255}$/;
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;
const EMAIL = /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/;
const LOG_RETENTION = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

/** A policy may have 6,144 characters and an endpoint's ARN about 90; AWS's default quota is 5 a Region. */
const MOST_ENDPOINTS = 40;

/** `-c cvpn-audit:KEY=VALUE` gives a string where cdk.json gives the thing itself. */
const number = (value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
const list = (value: unknown) => (typeof value === 'string' && value !== 'all' ? value.split(',') : value);
const pairs = (value: unknown) =>
  typeof value === 'string' ? Object.fromEntries(value.split(',').map((pair) => pair.split(/=(.*)/s, 2))) : value;

const wholeNumber = (least: number, most: number) => z.preprocess(number, z.int().min(least).max(most));
const text = (form: RegExp) => z.string().regex(form);

/** Each key: what is accepted, what it is if not given, and, as its description, what is expected. */
const schema = z.strictObject({
  endpoints: z
    .preprocess(
      list,
      z.union([z.literal('all'), z.array(text(ENDPOINT_ID)).min(1).max(MOST_ENDPOINTS).refine(distinct)]),
    )
    .default('all')
    .describe(
      `"all", or 1 to ${MOST_ENDPOINTS} different ids like cvpn-endpoint-0123456789abcdef0 (a list; with -c, separated by commas)`,
    ),
  interval: wholeNumber(1, 15).default(5).describe('whole minutes from 1 to 15'),
  pageSize: wholeNumber(5, 1000).default(1000).describe('a whole number from 5 to 1000'),
  epsilonSeconds: wholeNumber(0, 900).default(120).describe('whole seconds from 0 to 900'),
  retention: z
    .union([z.literal('forever'), wholeNumber(1, 36_500)])
    .default('forever')
    .describe('"forever", or whole days from 1 to 36500'),
  encryption: z
    .union([z.literal('aws-owned'), z.literal('customer-managed'), text(KEY_ARN)])
    .default('aws-owned')
    .describe('"aws-owned", "customer-managed", or the ARN of a KMS key (not of an alias)'),
  snapshotsTableName: text(TABLE_NAME).optional().describe('the name of an existing DynamoDB table (not its ARN)'),
  connectionsTableName: text(TABLE_NAME).optional().describe('the name of an existing DynamoDB table (not its ARN)'),
  accessesTableName: text(TABLE_NAME).optional().describe('the name of an existing DynamoDB table (not its ARN)'),
  archiveBucketName: text(BUCKET_NAME).optional().describe('the name of an existing S3 bucket (not its ARN)'),
  archiveLockDays: wholeNumber(1, 36_500).optional().describe('whole days from 1 to 36500'),
  archiveLockMode: z.enum(['governance', 'compliance']).default('governance').describe('"governance" or "compliance"'),
  signingKeyArn: text(KEY_ARN)
    .optional()
    .describe('the ARN of an existing KMS key of the spec ECC_NIST_EDWARDS25519 (not of an alias)'),
  dailyExportHour: z
    .union([z.literal('off'), wholeNumber(0, 23)])
    .default(2)
    .describe('a whole hour from 0 to 23 (UTC), or "off"'),
  apiRateLimit: wholeNumber(1, 10_000).default(20).describe('whole requests a second from 1 to 10000'),
  apiBurstLimit: wholeNumber(1, 5000).default(50).describe('whole requests from 1 to 5000'),
  alarmEmail: text(EMAIL).optional().describe('one e-mail address'),
  logRetentionDays: z
    .preprocess(
      number,
      z.custom<RetentionDays>((days) => LOG_RETENTION.some((allowed) => allowed === days)),
    )
    .default(RetentionDays.THREE_MONTHS)
    .describe(`one of CloudWatch's retentions: ${LOG_RETENTION.join(', ')} days`),
  removalPolicy: z.enum(['retain', 'destroy']).default('retain').describe('"retain" or "destroy"'),
  tags: z
    .preprocess(pairs, z.record(text(/^(?!aws:).{1,128}$/i), z.string().max(256)))
    .default({})
    .describe(
      'names and values (an object; with -c, name=value separated by commas); a name must not begin with "aws:"',
    ),
  stackName: text(STACK_NAME)
    .default('ClientVpnAudit')
    .describe('a CloudFormation stack name: a letter, then letters, digits and hyphens'),
  account: text(/^\d{12}$/)
    .optional()
    .describe('an AWS account id: a string of 12 digits'),
  region: text(REGION).optional().describe('an AWS Region, like eu-central-1'),
});

/** The configuration of a deployment. */
export type Config = Readonly<z.output<typeof schema>>;

const EXPECTED = new Map(Object.entries(schema.shape).map(([key, { description }]) => [key, description]));

/** The keys of the configuration. */
export const CONFIG_KEYS: readonly string[] = [...EXPECTED.keys()];

/** The configuration is not one that can be deployed. The message has a line for each key that is wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

function distinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/**
 * The configuration of what was given, with defaults for the rest.
 *
 * @throws ConfigError that names each wrong key, what was given and what was expected
 */
export function parseConfig(given: Readonly<Record<string, unknown>>): Config {
  const result = schema.safeParse(given);
  const problems = result.success
    ? contradictions(result.data)
    : result.error.issues.flatMap((issue) => problemsOf(issue, given));
  if (!result.success || problems.length > 0) {
    throw new ConfigError(
      `The configuration cannot be deployed:\n${[...new Set(problems)].map((line) => `  ${line}\n`).join('')}`,
    );
  }
  return result.data;
}

function problemsOf(issue: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `cvpn-audit:${key}: there is no such key; expected one of ${CONFIG_KEYS.join(', ')}`,
    );
  }
  const key = String(issue.path[0]);
  return [`cvpn-audit:${key}: got ${JSON.stringify(given[key])}; expected ${EXPECTED.get(key)}`];
}
