import { ELEMENTS, type ElementKind, type Keeping, type NameWith, type ValueOf } from './connection-members.ts';
import { asElements, type Element, type Elements, isList } from './element.ts';
import { type Instant, parseAwsTime } from './time.ts';

type Said = { readonly [Name in NameWith<{ keeps: Keeping }>]?: ValueOf<Name> };

/**
 * A parsed row of DescribeClientVpnConnections. Values that AWS did not give (absent, empty, `-`) are undefined. `timestamp` is the
 * row's last update; for a terminated row its end (as in AWS's samples). `other` has the elements that this version does not know.
 */
export interface ReadRow extends Said {
  /** Names of the elements that could not be parsed. */
  readonly problems: readonly string[];
}

/**
 * Limits of the projection for a text, and for all unknown elements as JSON. Longer values stay in the snapshot only and
 * count as unparsed: an item that DynamoDB rejects would block all later ones.
 */
const LONGEST_TEXT = 2048;
const LONGEST_OTHER = 8192;

type Reader = (element: Element) => unknown;

const ELEMENT_READERS: Readonly<Record<ElementKind, Reader>> = { text, address: text, time, counter, texts };

const FIELDS = new Map(ELEMENTS.map(({ name, wire, kind }) => [wire, [name, ELEMENT_READERS[kind]] as const]));

/**
 * Parses as much of a row as possible; never throws. The end of an open connection is `-`. An empty value counts as absent.
 *
 * @param endpointId the endpoint that was asked; a row that names another one has a problem
 */
export function readRow(row: Elements, endpointId: string): ReadRow {
  const read: Record<string, unknown> = {};
  const other: [name: string, element: Element][] = [];
  const problems: string[] = [];
  const take = (name: string, element: Element, field: string, reader: Reader) => {
    if (isUnsaid(element)) return;
    const value = reader(element);
    if (value === undefined) problems.push(name);
    else read[field] = value;
  };
  for (const [name, element] of Object.entries(row)) {
    const known = FIELDS.get(name);
    if (known) take(name, element, ...known);
    else if (name === 'status') readStatus(element, take, other);
    else if (name !== 'clientVpnEndpointId') other.push([name, element]);
    else if (element !== endpointId && !isUnsaid(element)) problems.push(name);
  }
  // fromEntries, so that even an element named __proto__ becomes a member of its own.
  const unknown = Object.fromEntries(other);
  const isLong = JSON.stringify(unknown).length > LONGEST_OTHER;
  if (!isLong && other.length > 0) read.other = unknown;
  return { ...read, problems: isLong ? [...problems, ...other.map(([name]) => name)] : problems };
}

const PLAIN_TIME = String.raw`(?:-|\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)`;
const PLAIN_TEXT = String.raw`[^"\\]{0,${LONGEST_TEXT}}`;
const PLAIN_MEMBERS = [
  `"(?:${wiresOf('text', 'address')})":"${PLAIN_TEXT}"`,
  `"(?:${wiresOf('time')})":"${PLAIN_TIME}"`,
  String.raw`"(?:${wiresOf('counter')})":"\d{1,38}"`,
  `"status":\\{"code":"${PLAIN_TEXT}"\\}`,
];

/**
 * A fast test on a row's JSON text: if it passes, {@link readRow} would find no problems.
 * A row that fails the test may still have none.
 */
export function plainRowTest(endpointId: string): (line: string) => boolean {
  const member = [`"clientVpnEndpointId":"${endpointId}"`, ...PLAIN_MEMBERS].join('|');
  const plain = new RegExp(`^\\{(?:(?:${member})(?:,(?=")|(?=\\}$)))+\\}$`);
  return (line) => plain.test(line);
}

/** The elements of these kinds, as alternatives of a pattern. */
function wiresOf(...kinds: readonly ElementKind[]): string {
  return ELEMENTS.flatMap(({ wire, kind }) => (kinds.includes(kind) ? wire : [])).join('|');
}

/** Whether AWS says that the connection has ended; with a status that we do not know, it has ended if it has an end. */
export function hasEnded(row: ReadRow): boolean {
  if (row.status === 'terminated') return true;
  const known = row.status === 'active' || row.status === 'terminating' || row.status === 'failed-to-terminate';
  return !known && row.endedAt !== undefined;
}

function readStatus(
  status: Element,
  take: (name: string, element: Element, field: string, reader: Reader) => void,
  other: [name: string, element: Element][],
): void {
  if (isUnsaid(status)) return;
  const { code, message, ...rest } = asElements(status) ?? {};
  take('status', code ?? status, 'status', text);
  if (message !== undefined) take('status.message', message, 'statusMessage', text);
  if (Object.keys(rest).length > 0) other.push(['status', rest]);
}

function isUnsaid(element: Element): boolean {
  return element === '' || element === '-';
}

function text(element: Element): string | undefined {
  return typeof element === 'string' && element.length <= LONGEST_TEXT && element.isWellFormed() ? element : undefined;
}

function time(element: Element): Instant | undefined {
  return typeof element === 'string' ? parseAwsTime(element) : undefined;
}

/** Counters are exact: AWS gives strings of digits, which may exceed JavaScript's safe integers. */
function counter(element: Element): bigint | undefined {
  return typeof element === 'string' && /^\d{1,38}$/.test(element) ? BigInt(element) : undefined;
}

function texts(element: Element): readonly string[] | undefined {
  if (!isList(element)) return undefined;
  const all = element.map(text);
  return all.every((one) => one !== undefined) && all.join('').length <= LONGEST_TEXT ? all : undefined;
}

const ENDPOINT_NAMED = /cvpn-endpoint-[0-9a-f]+/g;

/**
 * Whether a row names other endpoints, and not the one that was asked. In any form, for example in an ARN: a row that names none is the asked
 * endpoint's own.
 */
export function namesOther(row: Elements, endpointId: string): boolean {
  const named: readonly string[] = JSON.stringify(row.clientVpnEndpointId ?? '').match(ENDPOINT_NAMED) ?? [];
  return named.length > 0 && !named.includes(endpointId);
}

/** Sort keys of indexes hold an instant beside the id, and 1,024 bytes at most (DynamoDB Developer Guide, quotas). */
export const LONGEST_ID = 256;

/**
 * The ConnectionId of a row, empty if it has none that can be a key. Keys of the trail's own items begin with `#`, and keys
 * that are not well-formed would become the same key in UTF-8.
 */
export function connectionIdOf(row: Elements): string {
  const id = row.connectionId;
  if (typeof id !== 'string' || isUnsaid(id) || id.length > LONGEST_ID || id.startsWith('#')) return '';
  return id.isWellFormed() ? id : '';
}
