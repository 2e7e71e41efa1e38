import fc from 'fast-check';
import type { ConnectionAnswer } from '../../../lambda/query/schemas/connection.ts';
import { type Instant, toInstant } from '../../../lambda/trail/time.ts';
import { connectionNumber } from '../search/api-answers.ts';

/** Names as a certificate may have them. */
export const AWKWARD_NAMES: readonly string[] = [
  'Doe, Jane',
  'Jane "JD" Doe',
  '"',
  'two\nlines',
  'two\r\nlines',
  'a lone\rCR',
  '\rCR first',
  '\nLF first',
  '\ttab first',
  ' spaces around ',
  '=1+1',
  '=HYPERLINK("http://example.com","click")',
  '+49 30 1234',
  '-2+3',
  '@SUM(A1)',
  '\uFF1D1+1',
  "'quoted",
  "''=1+1",
  "'",
  '😀 👩‍👩‍👧‍👦',
  'دعاء שלום',
  '\u202Eright to left\u202C',
  '\uFEFFmark',
  'a\u2028b\u2029c\u0085d',
  '\u0001\u0008\u001B[31m\u007F',
  '-',
  'null',
  'a.b.c',
  'x'.repeat(255),
  '"é,-'.repeat(512),
];

/** Connections with these names, and the largest and emptiest of the rest. */
export const AWKWARD_CONNECTIONS: readonly ConnectionAnswer[] = [
  ...AWKWARD_NAMES.map((name, number) =>
    connectionNumber(number, {
      username: name,
      commonName: name,
      identity: name,
      statusMessage: name,
      postureComplianceStatuses: [name, ''],
      other: { [name]: name, nested: { set: [name] } },
      ingressBytes: 2n ** 53n + BigInt(number) * 2n + 1n,
      egressBytes: 10n ** 38n - 1n,
    }),
  ),
  connectionNumber(1000, { postureComplianceStatuses: [], ingressBytes: 0, clientIp: 'unassigned' }),
  connectionNumber(1001, { end: { kind: 'inferred', between: ['2026-11-22T13:58:00Z', '2026-11-22T14:30:00Z'] } }),
  barest('cvpn-connection-0000000000000000f'),
];

/** An open connection of which AWS said nothing but its id. */
export function barest(connectionId: string): ConnectionAnswer {
  return {
    connectionId,
    endpointId: 'cvpn-endpoint-0123456789abcdef0',
    accountId: '123456789012',
    region: 'eu-central-1',
    establishedAt: '2026-11-22T13:00:00Z',
    establishedAtIsFirstSight: true,
    identity: connectionId,
  };
}

const instant = fc
  .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date): Instant => toInstant(date));

/** NUL cannot stand in XML 1.0, and so in no answer of AWS. */
const name = fc.oneof(
  fc.constantFrom(...AWKWARD_NAMES),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map((text) => text.replaceAll('\0', '?')),
);
const counter = fc.oneof(fc.nat(), fc.bigInt({ min: 2n ** 53n, max: 10n ** 38n - 1n }));
const yes = fc.constant(true as const);
const ends = fc.oneof(
  fc.record({ endedAt: instant, end: fc.constant({ kind: 'reported' as const }) }),
  fc.record({ end: fc.record({ kind: fc.constant('inferred' as const), between: fc.tuple(instant, instant) }) }),
  fc.constant({}),
);
const ALWAYS = ['connectionId', 'endpointId', 'accountId', 'region', 'establishedAt', 'identity'] as const;

/** Any connection that an answer may hold. */
export const anyConnection: fc.Arbitrary<ConnectionAnswer> = fc
  .tuple(
    fc.record(
      {
        connectionId: name,
        endpointId: name,
        accountId: name,
        region: name,
        establishedAt: instant,
        identity: name,
        status: name,
        statusMessage: name,
        establishedAtIsFirstSight: yes,
        unlistedSince: instant,
        username: name,
        commonName: name,
        clientIp: fc.oneof(fc.ipV4(), name),
        clientIpv6: fc.oneof(fc.ipV6(), name),
        ingressBytes: counter,
        egressBytes: counter,
        ingressPackets: counter,
        egressPackets: counter,
        postureComplianceStatuses: fc.array(name, { maxLength: 3 }),
        authorizationPolicyLastEvaluatedAt: instant,
        durationSeconds: fc.nat(),
        firstSeenAt: instant,
        lastSeenAt: instant,
        firstSlot: instant,
        lastSlot: instant,
        timestamp: instant,
        contradictions: fc.integer({ min: 1 }),
        other: fc.dictionary(name, fc.oneof(name, fc.array(name)), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
        possible: yes,
      },
      { requiredKeys: [...ALWAYS] },
    ),
    ends,
  )
  .map(([connection, end]) => ({ ...connection, ...end }));
