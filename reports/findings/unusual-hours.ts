import { offsetAt } from '../../lambda/trail/time-zone.ts';
import { count } from '../../words/amounts.ts';
import { ByPerson, finding, MOST_CONNECTIONS, type RuleKind } from './rule.ts';

const NAME = 'unusual-hours';
const HOURS = 24;

/** Starts at hours of the day at which an identity was never connected in its past, by the clocks of the zone (ADR 40). */
export const unusualHours: RuleKind = {
  name: NAME,
  words: ({ hoursApart, leastPast }) =>
    `a start more than ${count(hoursApart, 'hour')} away from each hour of the day at which the identity was connected in its past, of at least ${count(leastPast, 'connection')}`,
  begin: ({ thresholds: { hoursApart, leastPast }, window: [since, until], zone }) => {
    const all = new ByPerson(() => ({
      past: 0,
      /** Hours of the day at which it was connected. */
      usual: new Set<number>(),
      starts: new Map<number, { readonly starts: number[]; readonly ids: string[]; total: number }>(),
    }));
    const hourAt = hourClock(zone);
    const isUsual = (usual: ReadonlySet<number>, hour: number) =>
      Array.from({ length: 2 * hoursApart + 1 }, (_, away) => (hour - hoursApart + away + HOURS) % HOURS).some((near) =>
        usual.has(near),
      );
    return {
      add({ person, span: { lasted }, connection: { connectionId } }) {
        const known = all.of(person);
        if (lasted[0] < since) {
          known.past += 1;
          const last = Math.min(lasted[1], since - 1, lasted[0] + HOURS * 3600);
          for (let second = lasted[0]; second < last; second += 3600) known.usual.add(hourAt(second));
          known.usual.add(hourAt(last));
          return;
        }
        if (lasted[0] > until) return;
        const hour = hourAt(lasted[0]);
        const started = known.starts.get(hour) ?? { starts: [], ids: [], total: 0 };
        known.starts.set(hour, started);
        started.total += 1;
        if (started.ids.length >= MOST_CONNECTIONS) return;
        started.ids.push(connectionId);
        started.starts.push(lasted[0]);
      },
      end: (past) =>
        all.all.flatMap(({ person, of }) => {
          if (of.past < leastPast) return [];
          const unusual = [...of.starts]
            .filter(([hour]) => !isUsual(of.usual, hour))
            .sort(([one], [other]) => one - other);
          if (unusual.length === 0) return [];
          const total = unusual.reduce((sum, [, one]) => sum + one.total, 0);
          const hours = unusual.map(([hour]) => `${String(hour).padStart(2, '0')}h`).join(', ');
          const says = `connected ${total === 1 ? 'once' : `${total} times`} at ${hours} (${zone}), as in none of ${count(of.past, 'connection')} before`;
          const starts = unusual.flatMap(([, one]) => one.starts);
          return [
            finding(
              { rule: NAME, person, says },
              [Math.min(...starts), Math.max(...starts)],
              unusual.flatMap(([, { ids }]) => ids),
              { pastIncomplete: past.isIncomplete(since), total },
            ),
          ];
        }),
    };
  },
};

/** The hour of the day, by the clocks of a zone; they change at a quarter of an hour, if at all. */
function hourClock(zone: string): (second: number) => number {
  const known = new Map<number, number>();
  return (second) => {
    const quarter = Math.floor(second / 900);
    const offset = known.get(quarter) ?? offsetAt(second * 1000, zone) / 1000;
    known.set(quarter, offset);
    const local = second + offset;
    return Math.floor((local - Math.floor(local / 86_400) * 86_400) / 3600);
  };
}
