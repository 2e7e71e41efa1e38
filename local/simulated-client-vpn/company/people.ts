import type { EndpointKey } from './endpoints.ts';
import { type Habit, habits } from './habits.ts';
import { namesFor, type PersonName, plain } from './names.ts';
import { randomness } from './randomness.ts';
import type { TrafficKind } from './traffic.ts';

/** Somebody, or a machine, with one device that connects to one endpoint. */
export interface Person {
  readonly index: number;
  readonly endpoint: EndpointKey;
  readonly habit: Habit;
  /** Seconds east of UTC. Fixed: there is no daylight saving time here. */
  readonly utcOffset: number;
  /** The laptop often sleeps and reconnects. */
  readonly sleepy: boolean;
  readonly traffic: TrafficKind;
  /** Supports IPv6, and so gets such an address if the endpoint assigns one. */
  readonly ipv6: boolean;
  readonly commonName: string;
  readonly username?: string;
}

type Staff = readonly [EndpointKey, keyof typeof habits, count: number, utcOffsetHours: number, sleepy?: 'sleepy'];

const GROUPS: readonly Staff[] = [
  ['employees', 'office', 13, 1],
  ['employees', 'office', 5, 0],
  ['employees', 'office', 6, -5],
  ['employees', 'office', 4, 5.5],
  ['employees', 'office', 4, 1, 'sleepy'],
  ['employees', 'earlyBird', 4, 1],
  ['employees', 'partTime', 6, 1],
  ['employees', 'weekends', 4, 0],
  ['employees', 'shift', 15, 1],
  ['engineering', 'office', 9, 1],
  ['engineering', 'office', 4, -8],
  ['engineering', 'office', 3, 1, 'sleepy'],
  ['engineering', 'earlyBird', 2, 9],
  ['engineering', 'onCall', 6, 0],
  ['engineering', 'wholeWeek', 3, 1],
  ['partners', 'office', 6, 5.5],
  ['partners', 'office', 3, -3],
  ['partners', 'partTime', 8, 1],
  ['partners', 'weekends', 4, 8],
];

/** Certificates of machines; an ampersand is allowed in one, and XML has to carry it. */
const MACHINES = ['build-agent-01', 'build-agent-02', 'r&d-test-bench', 'warehouse-gateway', 'till-printer'];

type Identity = Pick<Person, 'commonName' | 'username'>;

/** What AWS knows of a person with the endpoint's kind of authentication. */
const IDENTITIES: Readonly<Record<EndpointKey, (name: PersonName, index: number) => Identity>> = {
  employees: (name) => {
    const username = `${name.first}.${name.last}`.toLowerCase();
    return { commonName: username, username };
  },
  engineering: (name) => ({ commonName: `${plain(name.first)}-${plain(name.last)}.vpn.corp.example` }),
  partners: (name, index) => {
    // Whether AWS gives a username with SAML is not settled: some have one.
    const username = `${plain(name.first)}.${plain(name.last)}`;
    const commonName = `${username}@partner.example`;
    return index % 2 === 0 ? { commonName, username } : { commonName };
  },
};

/** Everybody who works at the company of a seed, machines last. */
export function peopleOf(seed: number): readonly Person[] {
  const places = GROUPS.flatMap((group) => Array.from({ length: group[2] }, () => group));
  const names = namesFor(seed, places.length);
  const people = places.map(([endpoint, habit, , utcOffsetHours, sleepy], index): Person => {
    const traits = randomness('traits', seed, index);
    return {
      index,
      endpoint,
      habit: habits[habit],
      utcOffset: utcOffsetHours * 3600,
      sleepy: sleepy === 'sleepy',
      traffic: traits.pick(['desk', 'desk', 'calls', 'terminal']),
      ipv6: traits.chance(0.6),
      ...IDENTITIES[endpoint](names[index] ?? { first: '', last: '' }, index),
    };
  });
  const machines = MACHINES.map((name, index) => machine(people.length + index, `${name}.corp.example`, true));
  return [...people, ...machines];
}

/** A machine with a client certificate. */
export function machine(index: number, commonName: string, ipv6: boolean): Person {
  const fixed = { endpoint: 'engineering', habit: habits.machine, utcOffset: 0, sleepy: false } as const;
  return { ...fixed, index, traffic: 'upload', ipv6, commonName };
}
