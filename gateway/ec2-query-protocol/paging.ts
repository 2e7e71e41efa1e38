import { hash } from 'node:crypto';
import { invalidToken, invalidValue } from './ec2-error.ts';
import { type Structure, textOf } from './structure.ts';

/** One page, and the token of the next one if there is one. */
interface RowPage {
  readonly rows: readonly Structure[];
  readonly nextToken?: string;
}

/** A page as the answer of an action. */
export function pageAnswer(list: string, { rows, nextToken }: RowPage): Structure {
  return nextToken === undefined ? { [list]: rows } : { [list]: rows, nextToken };
}

const LEAST = 5;
const MOST = 1000;

/** Sixteen hexadecimal digits over all parameters except position and page size: equal for pages of the same request. */
export function queryOf(parameters: URLSearchParams): string {
  const own = [...parameters].filter(([name]) => !['NextToken', 'MaxResults', 'DryRun'].includes(name));
  return hash(
    'sha256',
    own
      .map((pair) => JSON.stringify(pair))
      .sort()
      .join(),
  ).slice(0, 16);
}

/**
 * The request's MaxResults: 5 to 1000, or 1000 without one (EC2 API reference, DescribeClientVpnConnections).
 * @throws Ec2Error InvalidParameterValue outside of that.
 */
export function readMaxResults(parameters: URLSearchParams): number {
  const text = parameters.get('MaxResults');
  if (text === null) return MOST;
  if (!/^-?\d+$/.test(text)) throw invalidValue('maxResults', text, 'Expecting an integer.');
  const value = Number(text);
  if (value < LEAST) throw invalidValue('maxResults', text, `Expecting a value greater than ${LEAST}.`);
  if (value > MOST) throw invalidValue('maxResults', text, `Expecting a value less than ${MOST}.`);
  return value;
}

interface PagePosition {
  readonly position: number;
  readonly last: string;
}

/** Tokens hold the whole position, so the server is stateless between pages and may even restart. */
function readToken(token: string, query: string): PagePosition {
  const parts = /^v1\n([0-9a-f]{16})\n(\d{1,9})\n(.*)$/s.exec(Buffer.from(token, 'base64url').toString('utf8'));
  if (parts === null || parts[1] !== query) throw invalidToken(token);
  return { position: Number(parts[2]), last: parts[3] ?? '' };
}

function startIn(rows: readonly Structure[], key: string, { position, last }: PagePosition): number {
  if (textOf(rows[position - 1], key) === last) return position;
  // Rows were added or removed since the page before. Such rows are sorted, so continue after the last one.
  const next = rows.findIndex((row) => textOf(row, key) > last);
  return next === -1 ? rows.length : next;
}

/**
 * The page that a request asks for.
 * @param key - the element that identifies a row.
 * @throws Ec2Error InvalidParameterValue for a MaxResults out of range, or a NextToken that is invalid or belongs to
 *   another request.
 */
export function pageOf(rows: readonly Structure[], key: string, parameters: URLSearchParams): RowPage {
  const size = readMaxResults(parameters);
  const query = queryOf(parameters);
  const token = parameters.get('NextToken');
  const start = token === null ? 0 : startIn(rows, key, readToken(token, query));
  const page = rows.slice(start, start + size);
  const end = start + page.length;
  if (end >= rows.length) return { rows: page };
  const place = `v1\n${query}\n${end}\n${textOf(page.at(-1), key)}`;
  return { rows: page, nextToken: Buffer.from(place, 'utf8').toString('base64url') };
}
