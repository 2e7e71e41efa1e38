import { isIP } from 'node:net';
import * as z from 'zod/mini';
import { ENDPOINT_ID } from '../../trail/endpoint-id.ts';
import { ACCOUNT_ID, REGION_NAME } from '../../trail/owner.ts';
import { readWrittenTime, type TimeRole } from '../../trail/read-time.ts';
import { DEFAULT_ZONE } from '../../trail/time-zone.ts';
import { MATCHES } from '../matches.ts';
import type { Parameter, Parameters } from './parse.ts';

/** A name has no control characters and no replacement characters: nothing could be found. */
const text = z.string().check(z.minLength(1), z.maxLength(256), z.regex(/^[^\p{Cc}\uFFFD]*$/u));
const id = z.string().check(z.regex(/^[\x21-\x22\x24-\x7e]{1,256}$/));

/** A day, or a time that says its zone: programs of several zones ask, and none of them would notice that another one was meant. */
const WITH_ZONE = /^[^Tt ]*$|(?:[Zz]|[+-]\d\d(?::?\d\d)?)$/;

/** A time as the command reads it too, apart from words like `7d`, and from times in no zone. Read, it is an instant as in answers. */
const timeFor = (role: TimeRole) =>
  z.pipe(
    z.string().check(z.regex(WITH_ZONE)),
    z.transform((written, { issues }) => {
      const read = readWrittenTime(written, role, DEFAULT_ZONE);
      if (read && 'instant' in read) return read.instant;
      issues.push({ code: 'custom', message: 'no time', input: written });
      return z.NEVER;
    }),
  );

const TIME = 'a time like 2026-11-22T14:03:00Z, or 2026-11-22T15:03:00+01:00 (in a URL %2B01:00)';

const INSTANT = { type: 'string', format: 'date-time' } as const;
const DAY = { type: 'string', format: 'date' } as const;

const numberFrom = (least: number, most: number) => ({
  schema: z.pipe(
    z.pipe(
      z.string().check(z.regex(/^\d{1,9}$/)),
      z.transform((digits) => Number(digits)),
    ),
    z.number().check(z.minimum(least), z.maximum(most)),
  ),
  shown: { type: 'integer', minimum: least, maximum: most },
});

/** The most rows of one answer. */
export const MOST_ROWS = 1000;

/** The parameters that routes share. */
export const limit = {
  ...numberFrom(1, MOST_ROWS),
  expected: `a whole number from 1 to ${MOST_ROWS}`,
  description: 'Rows in the answer at most; 100 unless given',
} satisfies Parameter<number>;

/** A number of entries of a log. */
export const size = {
  ...numberFrom(0, 999_999_999),
  expected: 'a number of entries, like 4096',
  description: 'The first so many entries of the log',
} satisfies Parameter<number>;

export const manifests = {
  schema: z.enum(['true', 'false']),
  expected: 'true or false',
  description: 'Gives each manifest as it was hashed; a page may then hold fewer rows than the limit',
} satisfies Parameter<string>;

export const cursor = {
  schema: z.string().check(z.maxLength(4096), z.regex(/^[\w-]+$/)),
  expected: 'the cursor of the answer before',
  description: 'Where the answer before ended; everything else as in that question',
} satisfies Parameter<string>;

const end = (role: 'since' | 'until', description: string) => ({
  schema: timeFor(role),
  shown: { anyOf: [INSTANT, DAY] },
  expected: `${TIME}, or a day like 2026-11-22`,
  description: `${description}. A day alone is that of UTC`,
});
export const since = end('since', 'Start of the window; of a day its first second') satisfies Parameter<string>;
export const until = end('until', 'End of the window, inclusive; of a day its last second') satisfies Parameter<string>;

export const endpoint = {
  schema: z.string().check(z.regex(ENDPOINT_ID)),
  expected: 'an id like cvpn-endpoint-0123456789abcdef0',
  description: 'A Client VPN endpoint',
} satisfies Parameter<string>;

/** The filters by which endpoints are chosen. */
export const endpointsParameters = {
  endpoint: { ...endpoint, many: true },
  account: {
    schema: z.string().check(z.regex(ACCOUNT_ID)),
    expected: 'an AWS account id of 12 digits, like 123456789012',
    description:
      "The AWS account of the endpoint, as its log says; an endpoint whose account is not known counts as each one's",
    many: true,
  },
  region: {
    schema: z.string().check(z.regex(REGION_NAME)),
    expected: 'an AWS Region like eu-central-1',
    description: 'The AWS Region of the endpoint',
    many: true,
  },
} as const satisfies Parameters;

const nameFilter = (description: string) => ({
  schema: text,
  expected: '1 to 256 characters, none of them a control character',
  description,
  many: true as const,
});

/** AWS's values (EC2 API reference, ClientVpnConnectionStatus); a typo must not be answered with "nobody". */
export const STATUSES = ['active', 'terminating', 'terminated', 'failed-to-terminate'] as const;

/** The filters of `GET /connections`, as they are named everywhere but in AWS's own protocol. */
export const FILTERS = [
  'user',
  'username',
  'commonName',
  'ip',
  'endpoint',
  'account',
  'region',
  'status',
  'connectionId',
] as const;

/** The filters and the window of `GET /connections`. */
export const connectionsParameters = {
  user: nameFilter('Username or common name, in any case and Unicode form'),
  username: nameFilter('Username, as AWS writes it: in its case'),
  commonName: nameFilter('Common name, as AWS writes it: in its case'),
  ip: {
    schema: z.string().check(
      z.maxLength(64),
      z.refine((given) => isIP(given) !== 0 && !given.includes('%')),
    ),
    expected: 'an IPv4 or IPv6 address like 172.31.0.225',
    description: "The client's tunnel address, in any spelling; an IPv6 address that holds an IPv4 address is that one",
    many: true,
  },
  ...endpointsParameters,
  status: {
    schema: z.enum(STATUSES),
    expected: "a status of AWS's: active, terminating, terminated or failed-to-terminate",
    description:
      "AWS's last word on the connection. One whose end was inferred counts as terminated, whatever AWS said last",
    many: true,
  },
  connectionId: {
    schema: id,
    expected: 'an id like cvpn-connection-0123456789abcdef0',
    description: 'A connection',
    many: true,
  },
  since,
  until,
  at: {
    schema: z.union([z.literal('now'), timeFor('at')]),
    shown: { anyOf: [{ type: 'string', const: 'now' }, INSTANT] },
    expected: `${TIME}, or now; a whole day is no moment`,
    description:
      'An instant, in place of since and until. `now`: who is connected, from the newest snapshot of each endpoint',
  },
  match: {
    schema: z.enum(MATCHES),
    expected: 'overlap, started or ended',
    description: 'Connected at any time in the window (unless given), established in it, or ended in it',
  },
  limit,
  cursor,
} as const;
