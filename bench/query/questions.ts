import { randomness } from '../../local/simulated-client-vpn/company/randomness.ts';
import { ipv4Text } from '../../local/simulated-client-vpn/ipv4.ts';
import { COMPANY_ENDPOINTS, endpointOf, SEED } from './company.ts';
import type { CompanyHistory, Visit } from './history.ts';
import { begunAt, instantOf, NEWEST, NOW, OUTAGE } from './recording.ts';
import { connectedIn } from './truth.ts';
import { DAY } from './visits.ts';

/** A question, and who really was connected then. */
interface BenchQuestion {
  readonly path: string;
  readonly expected: readonly Visit[];
}

/** Questions of one kind, measured together. */
export interface QuestionGroup {
  readonly name: string;
  /** A list is measured against what its items cost at least. */
  readonly isList: boolean;
  readonly questions: readonly BenchQuestion[];
}

const INSTANTS = 300;
const PEOPLE = 12;
const DAYS = 4;
const CONNECTIONS_AN_ENDPOINT = 3;
const QUARTER = 91 * DAY;
const WHOLE = 'limit=1000';

/** The questions of the benchmark about a history. */
export function questionsOf(history: CompanyHistory): QuestionGroup[] {
  return [
    { name: 'who had an IP at an instant', isList: false, questions: holderQuestions(history) },
    { name: "a person's last quarter", isList: true, questions: personQuestions(history) },
    { name: 'who is connected now', isList: false, questions: [nowQuestion(history)] },
    { name: "an endpoint's working day", isList: true, questions: dayQuestions(history, 'working') },
    { name: "an endpoint's day off", isList: true, questions: dayQuestions(history, 'off') },
    {
      name: 'one connection',
      isList: false,
      questions: probesOf(history).map((visit) => ({ path: `/connections/${visit.connectionId}`, expected: [visit] })),
    },
  ];
}

/** The connections that are asked for by their id: at each endpoint, one that is open and some that have ended. */
export function probesOf({ visits }: CompanyHistory): Visit[] {
  return COMPANY_ENDPOINTS.flatMap(({ key }) => {
    const own = visits.filter(({ person }) => person.endpoint === key);
    const places = Array.from({ length: CONNECTIONS_AN_ENDPOINT }, (_, index) =>
      Math.floor((own.length * (index + 1)) / (CONNECTIONS_AN_ENDPOINT + 1)),
    );
    return [own.findLast(({ end }) => end > NOW), ...places.map((place) => own[place])].filter(
      (one) => one !== undefined,
    );
  });
}

function holderQuestions({ visits }: CompanyHistory): BenchQuestion[] {
  const random = randomness('holders', SEED, visits.length);
  return Array.from({ length: INSTANTS }, (_, index) => {
    const one = visits[random.whole(0, visits.length - 1)] as Visit;
    // Most ask while somebody had the address; every tenth asks some hours later, when nobody, or somebody else, had it.
    const at = Math.min(begunAt(NEWEST), random.whole(one.start, one.end) + (index % 10 === 0 ? DAY / 2 : 0));
    const { network, id } = endpointOf(one.person);
    const holders = visits.filter(
      ({ host, person, start, end }) => host === one.host && start <= at && end >= at && endpointOf(person).id === id,
    );
    return { path: `/connections?ip=${ipv4Text(network + one.host)}&at=${instantOf(at)}`, expected: holders };
  });
}

function personQuestions({ people, visits }: CompanyHistory): BenchQuestion[] {
  const since = NOW - QUARTER;
  const every = Math.max(1, Math.floor(people.length / PEOPLE));
  return people
    .filter(({ index }) => index % every === 0)
    .slice(0, PEOPLE)
    .map((person) => {
      const user = encodeURIComponent(person.username ?? person.commonName);
      const path = `/connections?user=${user}&since=${instantOf(since)}&until=${instantOf(NOW)}&${WHOLE}`;
      const own = visits.filter((visit) => visit.person === person);
      return { path, expected: connectedIn(own, since, NOW) };
    });
}

function nowQuestion({ visits }: CompanyHistory): BenchQuestion {
  const at = begunAt(NEWEST);
  // AWS's first second without a connection is the one that it gives as its end.
  return { path: `/connections?at=now&${WHOLE}`, expected: visits.filter(({ start, end }) => start <= at && end > at) };
}

/** Days all through the history, at each endpoint; of working days also the one when the outage began, and today. */
function dayQuestions({ visits, recording }: CompanyHistory, kind: 'working' | 'off'): BenchQuestion[] {
  const first = Math.ceil(recording.first / DAY);
  const last = Math.floor(NOW / DAY) - 1;
  const days = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter(
    (day) => (day + 3) % 7 >= 5 === (kind === 'off'),
  );
  const spread = Array.from(
    { length: DAYS },
    (_, index) => days[Math.floor(((days.length - 1) * index) / (DAYS - 1))] ?? last,
  );
  const special = kind === 'working' ? [Math.floor(OUTAGE.before / DAY), last + 1] : [];
  return COMPANY_ENDPOINTS.flatMap(({ id, key }) =>
    [...spread, ...special].map((day) => {
      const [since, until] = [day * DAY, (day + 1) * DAY - 1];
      const own = visits.filter(({ person }) => person.endpoint === key);
      const path = `/connections?endpoint=${id}&since=${instantOf(since)}&until=${instantOf(until)}&${WHOLE}`;
      return { path, expected: connectedIn(own, since, until) };
    }),
  );
}
