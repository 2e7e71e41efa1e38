import type { Elements } from './element.ts';
import type { Instant } from './time.ts';

/** How a connection ended: reported by AWS, or inferred from its absence, between two instants. */
export type ConnectionEnd =
  | { readonly kind: 'reported' }
  | { readonly kind: 'inferred'; readonly between: readonly [Instant, Instant] };

/**
 * What a connection was called, or where it was, before AWS named it otherwise: surely through the first instant of `between`, surely not
 * after the second. `leftOut`: so many in a row that are not kept (ADR 30).
 */
export interface FormerIdentity {
  readonly username?: string;
  readonly commonName?: string;
  readonly clientIp?: string;
  readonly clientIpv6?: string;
  readonly leftOut?: number;
  readonly between: readonly [Instant, Instant];
}

/**
 * What a member of each kind holds. `address`: a text. `counter`: one of AWS's, of up to 38 digits. `count`: from 1 on.
 * `elements`: what AWS gave and this version does not know.
 */
export interface Kinds {
  readonly text: string;
  readonly address: string;
  readonly time: Instant;
  readonly flag: true;
  readonly seconds: number;
  readonly count: number;
  readonly counter: bigint;
  readonly texts: readonly string[];
  readonly elements: Elements;
  readonly end: ConnectionEnd;
  readonly identities: readonly FormerIdentity[];
}

/**
 * How the fold treats it. `identity`: kept if a later row lacks it; the earlier ones are in `former`. `lasting`: kept, and may
 * change. `latest`: the value of the last row, or none. `live`: may change with every row, so only an ended connection stores it;
 * for a live one it is in the newest snapshot. `own`: has its own rule (`fold.ts`).
 */
export type Keeping = 'identity' | 'lasting' | 'latest' | 'live' | 'own';

/** The columns come section by section. Those of later versions are `added` at the end, as the formats promise. */
const SECTIONS = ['which', 'who', 'when', 'what', 'added'] as const;

/** A member of a connection, with its names in every input and output (ADR 28). */
interface Member {
  readonly kind: keyof Kinds;
  /** Its element in AWS's answer (EC2 API reference, ClientVpnConnection); `status` has two within it. */
  readonly wire?: string;
  /** Where it comes from a row. */
  readonly keeps?: Keeping;
  /** Every connection has it; `recorded`: except those that are answered from a snapshot alone. */
  readonly always?: true | 'recorded';
  /** It is computed for answers. */
  readonly derived?: true;
  /** Its place among the columns of CSV and Parquet, and among the lines of the command. */
  readonly section: (typeof SECTIONS)[number];
  /** Its column, if that is not its name in snake case. */
  readonly column?: string;
  /** Its line in the command's list; absent if another member's line shows it. */
  readonly label?: string;
  /** In OCSF: an attribute of the class holds all of it; or it is `unmapped` in both events, not only in the last. */
  readonly ocsf?: 'mapped' | 'both';
  /** Its text in the API's description. */
  readonly says?: string;
  readonly examples?: readonly string[];
}

/** What can be read of an element. */
export type ElementKind = 'text' | 'address' | 'time' | 'counter' | 'texts';

type Line = Member & ({ readonly wire?: never } | { readonly kind: ElementKind; readonly keeps: Keeping });

/**
 * The members of a connection, in the order of the API's answers. All code that reads, folds, stores, answers, exports or verifies
 * connections uses this table: a member that AWS adds is one more line (`docs/data.md` has its meaning). Times are UTC.
 */
// biome-ignore format: a table
export const CONNECTION_MEMBERS = {
  connectionId: { section: 'which', kind: 'text', wire: 'connectionId', keeps: 'own', always: true, label: 'connection', ocsf: 'mapped' },
  endpointId: { section: 'which', kind: 'text', always: true, label: 'endpoint', ocsf: 'mapped', examples: ['cvpn-endpoint-0123456789abcdef0'] },
  accountId: { section: 'which', kind: 'text', always: true, label: 'account', ocsf: 'mapped' },
  region: { section: 'which', kind: 'text', always: true, label: 'region', ocsf: 'mapped' },
  status: { section: 'when', kind: 'text', wire: 'status.code', keeps: 'lasting', label: 'status', ocsf: 'mapped',
    examples: ['active', 'terminating', 'terminated', 'failed-to-terminate'] },
  statusMessage: { section: 'when', kind: 'text', wire: 'status.message', keeps: 'latest', label: 'status message' },
  establishedAt: { section: 'when', kind: 'time', wire: 'connectionEstablishedTime', keeps: 'own', always: true, label: 'established', ocsf: 'mapped' },
  establishedAtIsFirstSight: { section: 'when', kind: 'flag', ocsf: 'both',
    says: 'AWS did not say when it was established; establishedAt is the latest that it can be: the first sight, or an earlier end' },
  establishedAfter: { section: 'added', kind: 'time', label: 'established after',
    says: 'The earliest that it can be established, if AWS did not say when, or named a time in the future: the snapshot before did not list it; if there was none, as far back as the trail claims to know' },
  endedAt: { section: 'when', kind: 'time', wire: 'connectionEndTime', keeps: 'own', label: 'ended', ocsf: 'mapped', says: "AWS's ConnectionEndTime" },
  end: { section: 'when', kind: 'end' },
  unlistedSince: { section: 'when', kind: 'time', label: 'not listed since', says: "It vanished from AWS's list without an end" },
  username: { section: 'who', kind: 'text', wire: 'username', keeps: 'identity', label: 'username' },
  commonName: { section: 'who', kind: 'text', wire: 'commonName', keeps: 'identity', label: 'common name' },
  identity: { section: 'which', kind: 'text', always: true, derived: true, label: 'who', ocsf: 'mapped',
    says: 'Who it is: the username, else the common name, else the connection id' },
  clientIp: { section: 'who', kind: 'address', wire: 'clientIp', keeps: 'identity', label: 'client IP' },
  clientIpv6: { section: 'who', kind: 'address', wire: 'clientIpv6Address', keeps: 'identity', label: 'client IPv6' },
  ingressBytes: { section: 'what', kind: 'counter', wire: 'ingressBytes', keeps: 'live', column: 'ingress_bytes_sent', label: 'sent (upload)',
    says: 'Sent by the client: an upload' },
  egressBytes: { section: 'what', kind: 'counter', wire: 'egressBytes', keeps: 'live', column: 'egress_bytes_received', label: 'received (download)',
    says: 'Received by the client: a download' },
  ingressPackets: { section: 'what', kind: 'counter', wire: 'ingressPackets', keeps: 'live', column: 'ingress_packets_sent' },
  egressPackets: { section: 'what', kind: 'counter', wire: 'egressPackets', keeps: 'live', column: 'egress_packets_received' },
  postureComplianceStatuses: { section: 'what', kind: 'texts', wire: 'postureComplianceStatusSet', keeps: 'lasting', label: 'posture compliance' },
  authorizationPolicyLastEvaluatedAt: { section: 'what', kind: 'time', wire: 'authorizationPolicyLastEvaluatedTime', keeps: 'live', label: 'policy last evaluated' },
  durationSeconds: { section: 'when', kind: 'seconds', derived: true, label: 'lasted',
    says: 'To the end; of an open connection to when it was last seen; of an inferred end to its earliest' },
  firstSeenAt: { section: 'what', kind: 'time', always: 'recorded', label: 'first seen',
    says: 'Absent with at=now, which is answered from the snapshot alone' },
  lastSeenAt: { section: 'what', kind: 'time', label: 'last seen' },
  firstSlot: { section: 'what', kind: 'time', always: 'recorded', label: 'first slot' },
  lastSlot: { section: 'what', kind: 'time', label: 'last slot' },
  timestamp: { section: 'what', kind: 'time', wire: 'timestamp', keeps: 'live', label: "AWS's Timestamp",
    says: "AWS's Timestamp of the last row, where it is not endedAt" },
  contradictions: { section: 'what', kind: 'count', label: 'contradictions',
    says: 'How often AWS listed it as not ended after it had said that it was terminated' },
  firstEndedAt: { section: 'added', kind: 'time', label: 'first said to have ended',
    says: 'The end that AWS first gave, and then contradicted: it may have been connected from then until connectedAgainAt, or until its end' },
  connectedAgainAt: { section: 'added', kind: 'time', label: 'listed again',
    says: 'When AWS listed it as connected again, after it had said that it was terminated' },
  other: { section: 'what', kind: 'elements', keeps: 'live', label: 'other elements', says: 'Elements of the last row that this version does not know' },
  former: { section: 'added', kind: 'identities', label: 'formerly', ocsf: 'both',
    says: 'Its earlier names and addresses, oldest first, each with the time between which AWS changed it' },
  possible: { section: 'when', kind: 'flag', derived: true,
    says: 'In an answer to a window: it may have been connected in it; its end is known only within bounds' },
} as const satisfies Readonly<Record<string, Line>>;

type Table = typeof CONNECTION_MEMBERS;

/** The name of a member. */
export type MemberName = keyof Table;

/** The names of those members whose lines have all of the traits. */
export type NameWith<Traits> = { [Name in MemberName]: Table[Name] extends Traits ? Name : never }[MemberName];

/** What a member holds. */
export type ValueOf<Name extends MemberName> = Kinds[Table[Name]['kind']];

/** All members, in the order of answers: who and when before how much. */
export const MEMBER_NAMES = Object.keys(CONNECTION_MEMBERS) as MemberName[];

/** A member's line, with the traits that it may have. */
export function traitsOf(name: MemberName): Member {
  return CONNECTION_MEMBERS[name];
}

/** The names of those members whose lines have all of the traits, in the table's order. */
export function membersWith<const Traits extends Partial<Member>>(traits: Traits): readonly NameWith<Traits>[] {
  const wanted = Object.entries(traits);
  const hasAll = (member: Partial<Record<string, unknown>>) =>
    wanted.every(([trait, value]) => member[trait] === value);
  return MEMBER_NAMES.filter((name): name is NameWith<Traits> => hasAll({ ...traitsOf(name) }));
}

/** The members that are elements of a row; those of `status` are within it. */
export const ELEMENTS = MEMBER_NAMES.flatMap((name) => {
  const { wire, kind } = traitsOf(name);
  return wire === undefined || wire.startsWith('status.') ? [] : [{ name, wire, kind: kind as ElementKind }];
});

/** AWS's counters: of what the client sent, and of what it received. */
export const COUNTERS = membersWith({ kind: 'counter' });

/** Members that keep the value of an earlier row if a later row has none. */
export const LASTING = [...membersWith({ keeps: 'identity' }), ...membersWith({ keeps: 'lasting' })];

/** Members that have the value of the last row, or none. */
export const LATEST = membersWith({ keeps: 'latest' });

/** Members that may change with every row. */
export const LIVE = membersWith({ keeps: 'live' });

/** All members, in the order of columns. */
export const COLUMN_ORDER = SECTIONS.flatMap((section) => membersWith({ section }));
