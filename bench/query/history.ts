import { LISTED_AFTER_END_SECONDS } from '../../lambda/trail/coverage.ts';
import type { Period } from '../../local/simulated-client-vpn/company/connection.ts';
import type { Person } from '../../local/simulated-client-vpn/company/people.ts';
import { longId } from '../../local/simulated-client-vpn/derived-id.ts';
import { assignHosts } from './addresses.ts';
import { hire, SEED } from './company.ts';
import { begunAt, NEWEST, NOW, OUTAGE, type Recording, slotBefore } from './recording.ts';
import { DAY, visitsOf } from './visits.ts';

/** A connection that the trail holds, as it really was: what answers are compared with. */
export interface Visit extends Period {
  readonly connectionId: string;
  /** The place of its address in its endpoint's network. */
  readonly host: number;
}

/** A company's connections, oldest first, and the recording that saw them. */
export interface CompanyHistory {
  readonly people: readonly Person[];
  readonly visits: readonly Visit[];
  readonly recording: Recording;
}

/** Days that two connections which go on to this day have lasted, beside those that do so by chance. */
const OPEN_DAYS = [5, 20];

/**
 * The history of so many people that has so many connections in it, ending now: more connections take a longer time.
 * Connections that came and went during the outage are not in it, since no trail can know of them.
 */
export function makeHistory(connections: number, people: number): CompanyHistory {
  const staff = hire(people);
  const periods: Period[] = OPEN_DAYS.map((days, index) => {
    const person = staff[index];
    if (!person) throw new RangeError(`expected at least ${OPEN_DAYS.length} people, got ${people}`);
    return { person, start: NOW - days * DAY, end: NOW + DAY };
  });
  for (let day = Math.floor(NOW / DAY); periods.length < connections; day--) {
    periods.push(...staff.flatMap((person) => visitsOf(person, day)).filter(isSeen));
  }
  // The oldest that are too many are left out.
  const kept = periods.sort((a, b) => a.start - b.start).slice(-connections);
  const visits = assignHosts(kept).map((visit) => ({
    ...visit,
    connectionId: longId('cvpn-connection', SEED, visit.person.index, visit.start),
  }));
  return { people: staff, visits, recording: { first: slotBefore(kept[0]?.start ?? NOW) } };
}

/** Whether a snapshot lists it: it had begun by the newest, and did not come and go in the outage. */
function isSeen({ start, end }: Period): boolean {
  const listedAfter = end + LISTED_AFTER_END_SECONDS > begunAt(OUTAGE.after);
  return start <= begunAt(NEWEST) && (start <= begunAt(OUTAGE.before) || listedAfter);
}
