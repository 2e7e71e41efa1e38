import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { canonicalAddress } from '../../lambda/trail/address.ts';
import { nameKey } from '../../lambda/trail/name-key.ts';
import type { Filters, LeftOut } from './search.ts';

/** What each filter looks at, and the form in which it compares: as the API does (its `passesFilters`). */
const TEXTS: {
  readonly [Name in keyof Filters]: {
    readonly of: (connection: ConnectionAnswer) => readonly (string | undefined)[];
    readonly form: (text: string) => string;
  };
} = {
  user: { of: ({ username, commonName }) => [username, commonName], form: nameKey },
  username: { of: ({ username }) => [username], form: (text) => text.normalize() },
  commonName: { of: ({ commonName }) => [commonName], form: (text) => text.normalize() },
  ip: { of: ({ clientIp, clientIpv6 }) => [clientIp, clientIpv6], form: canonicalAddress },
  endpoint: { of: ({ endpointId }) => [endpointId], form: (text) => text },
  account: { of: ({ accountId }) => [accountId], form: (text) => text },
  region: { of: ({ region }) => [region], form: (text) => text },
  status: { of: ({ status, end }) => [end?.kind === 'inferred' ? 'terminated' : status], form: (text) => text },
  connectionId: { of: ({ connectionId }) => [connectionId], form: (text) => text },
};

/** Whether a connection is left out. In a pattern each `*` stands for any characters, or none. */
export function isLeftOut(connection: ConnectionAnswer, { name, value, isPattern }: LeftOut): boolean {
  const { of, form } = TEXTS[name];
  const texts = of(connection).filter((text) => text !== undefined);
  if (!isPattern) return texts.some((text) => form(text) === form(value));
  const pieces = value.split('*').map(form);
  return texts.some((text) => matchesPieces(form(text), pieces));
}

/** Whether the text begins with the first piece, ends with the last, and has the others in order in between. */
function matchesPieces(text: string, pieces: readonly string[]): boolean {
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
