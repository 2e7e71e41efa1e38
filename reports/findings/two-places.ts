import { exactDuration, showDuration } from '../../words/amounts.ts';
import { type Range, within } from '../span.ts';
import { ByPerson, type Finding, finding, type RuleKind, type Visit } from './rule.ts';

/**
 * So many of an identity's newer connections are remembered. It is enough to find every overlap: a connection that overlaps with one
 * forgotten overlaps with all that began between the two, and only those long enough to matter are remembered. It bounds the evidence.
 */
const REMEMBERED = 32;
const NAME = 'two-places';

interface Remembered extends Visit {
  readonly bounds: Range;
}

/** One identity in two places at once: two connections overlap for longer than a reconnect takes (ADR 40). */
export const twoPlaces: RuleKind = {
  name: NAME,
  words: ({ overlap }) => `one identity with two connections at once, for ${exactDuration(overlap)} or longer`,
  begin: ({ thresholds: { overlap }, window, called }) => {
    const newer = new ByPerson<Remembered[]>(() => []);
    const found: Finding[] = [];
    return {
      add(visit) {
        const { person, span, connection } = visit;
        const remembered = newer.of(person);
        const bounds = boundedOf(visit);
        // Nearly all are one after the other, which must cost next to nothing.
        const [begins, ends] = [bounds[1] - overlap, bounds[0] + overlap];
        const others: Remembered[] = [];
        const isLong = lengthOf(bounds) >= overlap;
        for (const other of isLong ? remembered : []) {
          if (other.bounds[0] > begins || other.bounds[1] < ends) continue;
          if (other.connection.connectionId !== connection.connectionId) others.push(other);
        }
        const pairs = others.flatMap((other) => {
          const sure = longestOf(span.surely, other.span.surely, window);
          if (sure && lengthOf(sure) >= overlap) return [{ other, shared: sure, isSure: true }];
          const possible = longestOf([bounds], [other.bounds], window);
          return possible && lengthOf(possible) >= overlap ? [{ other, shared: possible, isSure: false }] : [];
        });
        if (pairs.length > 0) {
          const sure = pairs.filter(({ isSure }) => isSure);
          const counted = sure.length > 0 ? sure : pairs;
          const places = [visit, ...counted.map(({ other }) => other)].map(
            ({ connection: { endpointId }, who }) =>
              `${who?.clientIp ?? who?.clientIpv6 ?? 'no address'} on ${called(endpointId)}`,
          );
          const longest = Math.max(...counted.map(({ shared }) => lengthOf(shared)));
          found.push(
            finding(
              {
                rule: NAME,
                person,
                says: `connected at once for ${showDuration(longest)}: ${[...new Set(places)].join(', ')}`,
              },
              [
                Math.min(...counted.map(({ shared }) => shared[0])),
                Math.max(...counted.map(({ shared }) => shared[1])),
              ],
              [connection.connectionId, ...counted.map(({ other }) => other.connection.connectionId)],
              { possible: sure.length === 0 },
            ),
          );
        }
        if (isLong) remembered.push({ ...visit, bounds });
        if (remembered.length > REMEMBERED) remembered.shift();
      },
      end: () => found,
    };
  },
};

const lengthOf = (range: Range): number => range[1] - range[0];

/** What nothing ends lasts as long as it was seen. */
const boundedOf = ({ span: { possible, lasted } }: Visit): Range => [
  possible[0],
  Number.isFinite(possible[1]) ? possible[1] : Math.max(possible[0], lasted[1]),
];

function longestOf(some: readonly Range[], others: readonly Range[], window: Range): Range | undefined {
  const shared = some.flatMap((one) =>
    others
      .map((other) => within(one, other))
      .filter((range) => range !== undefined && within(range, window) !== undefined),
  ) as Range[];
  return shared.sort((one, other) => lengthOf(other) - lengthOf(one))[0];
}
