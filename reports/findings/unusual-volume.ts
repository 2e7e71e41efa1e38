import { count, showBytes } from '../../words/amounts.ts';
import type { Range } from '../span.ts';
import { ByPerson, finding, type RuleKind } from './rule.ts';

const NAME = 'unusual-volume';
/** Of an identity, in each direction: with these the finding is made, whatever its past turns out to be. */
const KEPT = 10;

const DIRECTIONS = [
  { member: 'ingressBytes', verb: 'sent' },
  { member: 'egressBytes', verb: 'received' },
] as const;

interface Kept {
  readonly bytes: number;
  readonly lasted: Range;
  readonly id: string;
}

/** A connection that sent or received many times what any of the identity's past did (ADR 40). */
export const unusualVolume: RuleKind = {
  name: NAME,
  words: ({ volumeFactor, volumeLeast, leastPast }) =>
    `a connection that sent or received more than ${volumeFactor} times what any connection of its past did, of at least ${count(leastPast, 'connection')}, and more than ${showBytes(volumeLeast)}`,
  begin: ({ thresholds: { volumeFactor, volumeLeast, leastPast }, window: [since] }) => {
    const all = new ByPerson(() => ({ past: 0, of: DIRECTIONS.map(() => ({ most: 0, largest: [] as Kept[] })) }));
    return {
      add({ person, span: { lasted, possible }, connection }) {
        const known = all.of(person);
        const isPast = possible[1] < since;
        if (isPast) known.past += 1;
        for (const [index, { member }] of DIRECTIONS.entries()) {
          const direction = known.of[index];
          const bytes = Number(connection[member] ?? 0);
          if (!direction) continue;
          if (isPast) direction.most = Math.max(direction.most, bytes);
          else if (bytes > volumeLeast)
            direction.largest = largestWith(direction.largest, { bytes, lasted, id: connection.connectionId });
        }
      },
      end: (past) =>
        all.all.flatMap(({ person, of }) =>
          DIRECTIONS.flatMap(({ verb }, index) => {
            const { most = 0, largest = [] } = of.of[index] ?? {};
            const unusual = largest.filter(({ bytes }) => bytes > volumeFactor * most);
            const [first] = unusual;
            if (of.past < leastPast || !first) return [];
            const named = unusual.length === KEPT ? ` (the largest ${KEPT} are named)` : '';
            const says = `${verb} ${showBytes(first.bytes)} in one connection; the most in ${count(of.past, 'connection')} before was ${showBytes(most)}${named}`;
            return [
              finding(
                { rule: NAME, person, says },
                [
                  Math.min(...unusual.map(({ lasted }) => lasted[0])),
                  Math.max(...unusual.map(({ lasted }) => lasted[1])),
                ],
                unusual.map(({ id }) => id),
                { pastIncomplete: past.isIncomplete(since) },
              ),
            ];
          }),
        ),
    };
  },
};

const largestWith = (kept: readonly Kept[], one: Kept): Kept[] =>
  [...kept, one].sort((first, second) => second.bytes - first.bytes).slice(0, KEPT);
