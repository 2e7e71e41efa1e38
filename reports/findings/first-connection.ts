import { exactDuration } from '../../words/amounts.ts';
import type { Range } from '../span.ts';
import { ByPerson, finding, type RuleKind } from './rule.ts';

const NAME = 'first-connection';

/** A first connection of an identity: nothing is known of it in the time before (ADR 40). */
export const firstConnection: RuleKind = {
  name: NAME,
  words: ({ history }) =>
    `the first connection of an identity that was not connected in the ${exactDuration(history)} before`,
  begin: ({ window: [since] }) => {
    // Oldest come last: what is kept at the end is the first.
    const first = new ByPerson(() => ({ lasted: [0, 0] as Range, earliest: Number.POSITIVE_INFINITY, id: '' }));
    return {
      add({ person, span: { lasted, possible }, connection: { connectionId } }) {
        const known = first.of(person);
        if (known.id === '' || lasted[0] <= known.lasted[0]) Object.assign(known, { lasted, id: connectionId });
        known.earliest = Math.min(known.earliest, possible[0]);
      },
      end: (past) =>
        first.all.flatMap(({ person, of: { lasted, earliest, id } }) =>
          lasted[0] < since
            ? []
            : [
                finding({ rule: NAME, person, says: 'connected for the first time' }, lasted, [id], {
                  possible: earliest < since,
                  pastIncomplete: past.isIncomplete(lasted[0]),
                }),
              ],
        ),
    };
  },
};
