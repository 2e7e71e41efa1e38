import { isIP } from 'node:net';
import { MATCHES } from '../../lambda/query/matches.ts';
import { FILTERS, STATUSES } from '../../lambda/query/parameters/definitions.ts';
import { type EndpointLabels, shortId } from '../../words/endpoint-labels.ts';
import { type Filters, type LeftOut, NO_SEARCH, type Search, TIMES } from './search.ts';

/** A word that was not understood, and what was expected: the end of "expected …". */
export interface NotUnderstood {
  readonly word: string;
  readonly expected: string;
}

/** A search, as far as its words were understood. */
export interface ReadSearch {
  readonly search: Search;
  readonly notUnderstood: readonly NotUnderstood[];
}

type FilterName = (typeof FILTERS)[number];
type SingleName = (typeof TIMES)[number] | 'match';

/** The words before the colon; as on the command line, and as in the API. */
const KEYS: ReadonlyMap<string, FilterName | SingleName> = new Map([
  ...[...FILTERS, ...TIMES, 'match' as const].map((name) => [name.toLowerCase(), name] as const),
  ['common-name', 'commonName'],
  ['connection-id', 'connectionId'],
  ['connection', 'connectionId'],
  ['id', 'connectionId'],
  ['address', 'ip'],
]);

/** How a key is written in the box. */
const WRITTEN: Readonly<Partial<Record<string, string>>> = { commonName: 'common-name', connectionId: 'connection' };
const keyOf = (name: string): string => WRITTEN[name] ?? name;

const KEYS_IN_WORDS =
  'user:, username:, common-name:, ip:, endpoint:, account:, region:, status:, connection:, since:, until:, at: or match:';

interface Word {
  readonly whole: string;
  readonly isLeftOut: boolean;
  readonly key: string | undefined;
  readonly value: string;
  readonly isQuoted: boolean;
}

/** A dash, a key with its colon, and a value that is quoted or has no spaces. In quotes `\"` and `\\` stand for themselves. */
const WORD = /(-?)(?:([A-Za-z-]+):)?(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|(\S*))/y;

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    WORD.lastIndex = at;
    const [whole = '', dash = '', key, quoted, plain = ''] = WORD.exec(text) ?? [];
    if (whole === '') break;
    at += whole.length;
    const value = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/g, '$1');
    words.push({ whole, isLeftOut: dash === '-', key: key?.toLowerCase(), value, isQuoted: quoted !== undefined });
  }
  return words;
}

/**
 * Reads what somebody typed: `user:alice ip:172.31.0.225 endpoint:office since:7d status:active -user:svc-*`. Words of one key join
 * with OR, others with AND; a dash leaves out. A word without a key is an address, an id, or else a user.
 *
 * @param labels what the endpoints are called: they may be named by that
 */
export function readWords(text: string, labels: EndpointLabels): ReadSearch {
  const notUnderstood: NotUnderstood[] = [];
  const filters = Object.fromEntries(FILTERS.map((name) => [name, [] as string[]])) as Record<FilterName, string[]>;
  const single: Partial<Record<SingleName, string>> = {};
  const not: LeftOut[] = [];
  for (const word of wordsOf(text)) {
    const read = readWord(word, labels);
    const expected = 'expected' in read ? read.expected : refuse(read, word, single);
    if (expected !== undefined) notUnderstood.push({ word: word.whole, expected });
    else if (!('expected' in read)) {
      const { name, value } = read;
      if (isFilter(name)) {
        if (word.isLeftOut) not.push({ name, value, isPattern: !word.isQuoted && value.includes('*') });
        else if (!filters[name].includes(value)) filters[name].push(value);
      } else single[name] = value;
    }
  }
  if (single.at !== undefined && (single.since ?? single.until ?? single.match) !== undefined) {
    notUnderstood.push({ word: `at:${single.at}`, expected: 'a moment, or since:, until: and match:, not both' });
  }
  return { search: { ...NO_SEARCH, ...filters, ...single, not }, notUnderstood };
}

interface ReadWord {
  readonly name: FilterName | SingleName;
  readonly value: string;
}

const isFilter = (name: FilterName | SingleName): name is FilterName => FILTERS.some((filter) => filter === name);

function readWord(word: Word, labels: EndpointLabels): ReadWord | { readonly expected: string } {
  const { key, value, whole, isLeftOut } = word;
  const bare = isLeftOut ? whole.slice(1) : whole;
  // An IPv6 address has colons too.
  if (isIP(bare) !== 0) return { name: 'ip', value: bare };
  if (key === undefined) return value === '' ? { expected: 'a word behind the dash' } : guess(value, labels);
  const name = KEYS.get(key);
  if (name === undefined) return { expected: `${KEYS_IN_WORDS} before the colon; a name with a colon in quotes` };
  if (value === '') return { expected: `something behind ${key}:` };
  return name === 'endpoint' ? readEndpoint(value, labels) : { name, value };
}

function guess(value: string, labels: EndpointLabels): ReturnType<typeof readWord> {
  if (value.startsWith('cvpn-connection-')) return { name: 'connectionId', value };
  return value.startsWith('cvpn-endpoint-') ? readEndpoint(value, labels) : { name: 'user', value };
}

/** By its id, what it is called, or the part of the id that is its own. */
function readEndpoint(value: string, labels: EndpointLabels): ReturnType<typeof readWord> {
  const known = [...labels].find(([id, label]) => [id, label, shortId(id)].includes(value));
  if (known) return { name: 'endpoint', value: known[0] };
  const names = [...labels.values()].map((label) => quote(label));
  return {
    expected: names.length === 0 ? 'an endpoint; none is recorded yet' : `one of the endpoints ${names.join(', ')}`,
  };
}

/** Why a word that can be read cannot be asked for; undefined where it can. */
function refuse({ name, value }: ReadWord, word: Word, given: Partial<Record<SingleName, string>>): string | undefined {
  if (!isFilter(name)) {
    if (word.isLeftOut) return `${name}: without a dash: a time is no filter that leaves out`;
    if (name === 'match' && !MATCHES.some((match) => match === value))
      return MATCHES.map((match) => `match:${match}`).join(' or ');
    return given[name] === undefined ? undefined : `${name}: once`;
  }
  if (name === 'status' && !STATUSES.some((status) => status === value) && !(word.isLeftOut && value.includes('*'))) {
    return STATUSES.map((status) => `status:${status}`).join(' or ');
  }
  if (name === 'ip' && isIP(value) === 0 && !(word.isLeftOut && value.includes('*'))) return 'an IPv4 or IPv6 address';
  if (word.isLeftOut || word.isQuoted || !value.includes('*')) return undefined;
  return `a whole ${name === 'user' ? 'name' : keyOf(name)}: the trail finds no parts of it. A star leaves out (-${keyOf(name)}:${value}), or is meant in quotes`;
}

/** A search as words for the box: {@link readWords} reads the same from them. */
export function writeWords(search: Search, labels: EndpointLabels): string {
  const shown = (name: string, value: string) => (name === 'endpoint' ? (labels.get(value) ?? value) : value);
  const filters = FILTERS.flatMap((name) =>
    search[name].map((value) => `${keyOf(name)}:${quote(shown(name, value), value.includes('*'))}`),
  );
  const single = ([...TIMES, 'match'] as const).flatMap((name) => {
    const value = search[name];
    return value === undefined ? [] : [`${name}:${quote(value)}`];
  });
  const not = search.not.map(
    ({ name, value, isPattern }) => `-${keyOf(name)}:${quote(shown(name, value), value.includes('*') && !isPattern)}`,
  );
  return [...filters, ...single, ...not].join(' ');
}

function quote(value: string, isNeeded = false): string {
  return isNeeded || /[\s"]|^$/.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value;
}

/** What a word of the box may be completed to: keys, endpoints, statuses, usual windows, and names that were just seen. */
export function completions(
  labels: EndpointLabels,
  names: readonly string[] = [],
  owners: Partial<Pick<Filters, 'account' | 'region'>> = {},
): string[] {
  return [
    ...['user', 'ip', 'endpoint', 'status', 'since', 'until', 'at', 'match', 'connection'].map((key) => `${key}:`),
    ...[...labels.values()].map((label) => `endpoint:${quote(label)}`),
    ...Object.entries(owners).flatMap(([name, values]) => values.map((value) => `${name}:${value}`)),
    ...STATUSES.map((status) => `status:${status}`),
    ...['24h', '7d', '30d', 'yesterday', 'today'].map((time) => `since:${time}`),
    ...MATCHES.map((match) => `match:${match}`),
    ...[...new Set(names)].map((name) => `user:${quote(name, name.includes('*'))}`),
    '-user:svc-*',
  ];
}
