import type { ConnectionAnswer } from '../lambda/query/schemas/connection.ts';
import type { Connection } from '../lambda/trail/connection.ts';
import { type HeldIdentity, identitiesOf } from '../lambda/trail/identities.ts';
import { nameKey } from '../lambda/trail/name-key.ts';
import { EVER, type Span, secondOf, within } from './span.ts';

/** The part of a connection in which it was called, and was, the same. */
export interface Stay {
  /** Names and addresses, as AWS gave them then; undefined where they are not kept (ADR 30). */
  readonly who: Pick<ConnectionAnswer, 'username' | 'commonName' | 'clientIp' | 'clientIpv6'> | undefined;
  readonly span: Span;
}

/** A person, as the trail knows one: by a name in any case and Unicode form (ADR 23). */
export interface Person {
  readonly key: string;
  /** The username, else the common name, as AWS wrote it. */
  readonly name: string;
}

/** Who that is; undefined where AWS named nobody. */
export function personOf(who: Stay['who']): Person | undefined {
  const name = who?.username ?? who?.commonName;
  return name === undefined ? undefined : { key: nameKey(name), name };
}

/**
 * The stays of a connection, oldest first; one, unless AWS renamed or moved it in its middle. A stay lasts until the first snapshot
 * with the next one.
 *
 * @param keyOf what must change for a new stay to begin; without it a name or an address
 */
export function staysOf(connection: ConnectionAnswer, span: Span, keyOf?: (who: Stay['who']) => unknown): Stay[] {
  if (connection.former === undefined) return [{ who: connection, span }];
  const joined: HeldIdentity[] = [];
  for (const one of identitiesOf(connection as unknown as Connection)) {
    const last = joined.at(-1);
    const isSame = last && keyOf && keyOf(last.connection) === keyOf(one.connection);
    if (isSame) joined.splice(-1, 1, { ...one, from: last.from });
    else joined.push(one);
  }
  return joined.flatMap(({ connection: who, from, until }) => {
    const [fromEarliest, fromLatest] = from ? [secondOf(from[0]), secondOf(from[1])] : [EVER[0], EVER[0]];
    const [untilEarliest, untilLatest] = until ? [secondOf(until[0]), secondOf(until[1])] : [EVER[1], EVER[1]];
    const possible = within(span.possible, [fromEarliest, untilLatest]);
    if (!possible) return [];
    const isWhole = span.possible[0] >= fromLatest && span.possible[1] <= untilEarliest;
    const [first, last] = span.lasted;
    const begin = Math.min(Math.max(first, fromLatest), last);
    const end = Math.max(begin, Math.min(last, untilLatest));
    const sure = fromLatest <= untilEarliest ? span.surely : [];
    const surely = sure.flatMap((one) => {
      const part = within(one, [fromLatest, untilEarliest]);
      return part ? [part] : [];
    });
    return [{ who, span: { lasted: [begin, end], possible, isSomewhen: span.isSomewhen && isWhole, surely } }];
  });
}
