import { exactDuration, showDuration } from '../../words/amounts.ts';
import { ByPerson, type Finding, finding, MOST_CONNECTIONS, type RuleKind } from './rule.ts';

const NAME = 'many-short';

interface Start {
  readonly second: number;
  readonly id: string;
}

interface Run {
  since: number;
  readonly until: number;
  readonly ids: string[];
  total: number;
}

/** Many short connections of one identity in a short time. */
export const manyShort: RuleKind = {
  name: NAME,
  words: ({ shortCount, shorterThan, shortWithin }) =>
    `${shortCount} connections or more of one identity within ${exactDuration(shortWithin)}, each shorter than ${exactDuration(shorterThan)}`,
  begin: ({ thresholds: { shortCount, shorterThan, shortWithin }, window: [since, until] }) => {
    const all = new ByPerson(() => ({ recent: [] as Start[], runs: [] as Run[] }));
    return {
      add({ person, span: { lasted, possible }, connection: { connectionId } }) {
        const [second] = lasted;
        // How long the others lasted is not known.
        const isShort = possible[1] - possible[0] < shorterThan;
        if (!isShort || second < since || second > until) return;
        const known = all.of(person);
        known.recent = [...known.recent, { second, id: connectionId }]
          .filter((one) => one.second <= second + shortWithin)
          .slice(-shortCount);
        if (known.recent.length < shortCount) return;
        const [newest] = known.recent;
        const run = known.runs.at(-1);
        if (run && newest && run.since <= newest.second) {
          run.since = second;
          run.total += 1;
          if (run.ids.length < MOST_CONNECTIONS) run.ids.push(connectionId);
        } else if (newest) {
          const ids = known.recent.map(({ id }) => id).slice(0, MOST_CONNECTIONS);
          known.runs.push({ since: second, until: newest.second, ids, total: shortCount });
        }
      },
      end: () =>
        all.all.flatMap(({ person, of: { runs } }) =>
          runs.map(({ since, until, ids, total }): Finding => {
            const says = `${total.toLocaleString('en')} connections shorter than ${exactDuration(shorterThan)} within ${showDuration(until - since)}`;
            return finding({ rule: NAME, person, says }, [since, until], ids, { total });
          }),
        ),
    };
  },
};
