import { canonicalAddress } from '../../lambda/trail/address.ts';
import { exactDuration, showDuration } from '../../words/amounts.ts';
import { type Finding, finding, type RuleKind, type Visit } from './rule.ts';

const NAME = 'changed-hands';

/** An address that went from one identity to another within a minute, or before AWS had ended the first one's connection. */
export const changedHands: RuleKind = {
  name: NAME,
  byAddress: true,
  words: ({ changedWithin }) =>
    `an address that went from one identity to another within ${exactDuration(changedWithin)}`,
  begin: ({ thresholds: { changedWithin }, window: [since, until], called }) => {
    /** Who had each address next, by endpoint and address. */
    const next = new Map<string, Visit>();
    const found: Finding[] = [];
    return {
      add(visit) {
        const { connection, who, span, person } = visit;
        for (const address of addressesOf(who)) {
          const key = `${connection.endpointId} ${address}`;
          const holder = next.get(key);
          next.set(key, visit);
          if (!holder || holder.person.key === person.key) continue;
          const [begins] = holder.span.lasted;
          const [after, afterLatest] = [begins - span.lasted[1], begins - span.possible[1]];
          const isSure = after <= changedWithin;
          const isPossible = Number.isFinite(afterLatest) && afterLatest <= changedWithin;
          if (begins < since || begins > until || !(isSure || isPossible)) continue;
          const howSoon = after < 0 ? 'before its connection had ended' : `within ${showDuration(after)}`;
          const when = isSure ? howSoon : 'whose end is known only within bounds';
          const says = `had ${address} of ${called(connection.endpointId)} after ${person.name}, ${when}`;
          const ids = [holder.connection.connectionId, connection.connectionId];
          found.push(
            finding({ rule: NAME, person: holder.person, says }, [begins, begins], ids, { possible: !isSure }),
          );
        }
      },
      end: () => found,
    };
  },
};

/** In the one spelling of each. */
function addressesOf({ clientIp, clientIpv6 }: NonNullable<Visit['who']> = {}): readonly string[] {
  const one = clientIp ? [canonicalAddress(clientIp)] : [];
  if (!clientIpv6) return one;
  const other = canonicalAddress(clientIpv6);
  return other === one[0] ? one : [...one, other];
}
