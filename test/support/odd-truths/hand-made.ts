import { ALPHA, type Attempt, BETA, HOUR, type Identity, type Life, type World } from './truth.ts';

const MINUTE = 60;

/** A recording at which nothing befalls. */
export const WELL: Attempt = {
  after: 5 * MINUTE,
  aws: 'answers',
  pages: 1,
  seconds: 0,
  dateOff: 0,
  slotAhead: 0,
  empty: false,
  hides: [],
  ends: [],
  doubles: [],
  odd: [],
  corrects: false,
  asks: false,
};

const well = (times: number, more: Partial<Attempt> = {}): Attempt[] =>
  Array.from({ length: times }, (_, index) => ({ ...WELL, asks: index % 6 === 0 || index === times - 1, ...more }));
/** The strange one: the trail is asked after it. */
const after = (seconds: number, more: Partial<Attempt> = {}): Attempt => ({
  ...WELL,
  after: seconds,
  asks: true,
  ...more,
});

let made = 0;
/** Somebody who is connected from one second to another. */
export function life(
  from: number,
  to: number,
  more: Partial<Life> & { readonly named?: Partial<Identity> } = {},
): Life {
  const number = made++ % 250;
  const id = `cvpn-connection-0${String(number).padStart(16, '0')}`;
  const { named, ...rest } = more;
  const network = rest.endpoint === BETA ? '10.99' : '172.31';
  const identity = { from, commonName: `person-${number}`, ip: `${network}.1.${number}`, ...named };
  return { id, endpoint: ALPHA, from, to, identities: [identity], lag: 0, start: 'told', end: 'told', ...rest };
}
const FOR_EVER = Number.POSITIVE_INFINITY;

interface Case extends World {
  readonly name: string;
}
const named = (
  name: string,
  lives: readonly Life[],
  attempts: readonly Attempt[],
  instants: readonly number[] = [],
): Case => ({
  name,
  lives,
  attempts,
  instants,
});

const BY_ADDRESS = { from: 0, commonName: 'first', ip: '172.31.9.9' };

/** One small world for each strange thing that was seen to break the rules, by what AWS or a clock did. */
export const HAND_MADE: readonly Case[] = [
  named(
    'the machine’s clock is set back by an hour while the first page is waited for; an outage of 100 minutes follows',
    [life(900, 1200)],
    [
      after(300),
      after(300, { seconds: 1, machine: { ahead: -HOUR, when: 'waiting' } }),
      after(100 * MINUTE),
      ...well(3),
    ],
    [1000],
  ),
  named(
    'one answer’s Date is an hour ahead; an outage of 100 minutes follows',
    [life(700, 1000)],
    [after(300), after(300, { dateOff: HOUR }), after(100 * MINUTE), ...well(3)],
    [800],
  ),
  named(
    'one answer’s Date is an hour behind, after an outage of 100 minutes',
    [life(700, 1000)],
    [after(300), after(100 * MINUTE, { dateOff: -HOUR }), ...well(3)],
    [800],
  ),
  ...[24 * HOUR, 2 * HOUR].map((ahead) =>
    named(
      `the machine’s clock is ${ahead / HOUR} hours ahead for one recording`,
      [life(0, FOR_EVER), life(2000, 2500)],
      [
        ...well(2),
        after(300, { machine: { ahead, when: 'before' } }),
        after(300, { machine: { ahead: 0, when: 'before' } }),
        ...well(8),
      ],
    ),
  ),
  named(
    'AWS’s clock is two hours ahead of the machine’s, and AWS throttles for two hours',
    [life(0, FOR_EVER)],
    [
      after(300, { machine: { ahead: -2 * HOUR, when: 'before' } }),
      ...well(2),
      ...well(24, { aws: 'throttles', asks: false }),
      ...well(2),
    ],
  ),
  named(
    'one answer’s Date is two hours ahead, and first lists somebody whom the next one calls terminated',
    [life(700, FOR_EVER)],
    [...well(2), after(300, { dateOff: 2 * HOUR }), after(300, { ends: [{ life: 0, told: false }] }), ...well(8)],
  ),
  named(
    'the machine’s clock was a day behind, and is set right long after a gap',
    [life(0, FOR_EVER)],
    [
      after(300, { machine: { ahead: -24 * HOUR, when: 'before' } }),
      ...well(2),
      after(100 * MINUTE),
      ...well(3),
      after(300, { machine: { ahead: 0, when: 'before' } }),
      ...well(30),
    ],
    [7500],
  ),
  named(
    'the newest answer’s first page says that it is an hour earlier',
    [life(100, FOR_EVER)],
    [...well(6), after(300, { pages: 2, dateOff: -HOUR, onlyFirstDateOff: true })],
  ),
  named(
    'the machine’s clock is set back by a day before the newest recording',
    [life(-100, FOR_EVER)],
    [...well(6), after(300, { machine: { ahead: -24 * HOUR, when: 'before' } })],
  ),
  named(
    'an outage of two hours, then one whole, empty answer while people are connected',
    [life(0, FOR_EVER), life(100, 4 * HOUR)],
    [...well(3), after(2 * HOUR, { empty: true }), ...well(16)],
    [2 * HOUR, 8000],
  ),
  named(
    'an outage of two hours, then one row that fell between two pages',
    [life(0, FOR_EVER), life(100, 2 * HOUR + 30 * MINUTE)],
    [...well(3), after(2 * HOUR, { hides: [1] }), ...well(16)],
    [2 * HOUR],
  ),
  named(
    'an outage of two hours, then a row is hidden, and AWS forgets the connection in a second outage',
    [life(100, 2 * HOUR + 40 * MINUTE)],
    [...well(3), after(2 * HOUR, { hides: [0] }), after(2 * HOUR), ...well(16)],
    [2 * HOUR, 2 * HOUR + 30 * MINUTE],
  ),
  ...[true, false].map((told) =>
    named(
      `one answer says terminated ${told ? 'with' : 'without'} an end, the next 20 say active, then a real end comes`,
      [life(0, 9000)],
      [...well(8), after(300, { ends: [{ life: 0, told }] }), ...well(24)],
      [3000, 2697],
    ),
  ),
  named(
    'terminated without an end in two snapshots, the counters corrected in the second',
    [life(0, 1000, { end: 'never' })],
    [...well(5), after(300, { corrects: true }), ...well(2)],
  ),
  named(
    'two terminated rows in one answer: the later Timestamp without an end, the earlier with one',
    [life(0, 1000)],
    [...well(3), after(300, { doubles: [{ life: 0, as: 'endless' }] }), ...well(2)],
  ),
  named(
    'two terminated rows in each answer, of which only the earlier has the end',
    [life(0, 1000)],
    [...well(3), ...well(14, { doubles: [{ life: 0, as: 'endless' }] })],
  ),
  named(
    'first seen terminated, neither beginning nor end given',
    [life(600, 1800, { start: 'never', end: 'never' })],
    [after(300), after(50 * MINUTE), ...well(3)],
    [1000],
  ),
  named(
    'never an establishment time, and the first answer says an end before its beginning',
    [life(294, 4000, { start: 'never' })],
    [after(300, { ends: [{ life: 0, told: true }] }), ...well(5)],
    [290, 295],
  ),
  named('never an establishment time', [life(330, 4000, { start: 'never' })], well(5), [450]),
  named(
    'a connection that failed to terminate is still listed when its address goes to the next client',
    [
      life(0, 6000, { failsAt: 1000, identities: [BY_ADDRESS] }),
      life(1500, 4000, { identities: [{ ...BY_ADDRESS, from: 1500, commonName: 'second' }] }),
    ],
    well(22),
    [1700, 3000, 5000],
  ),
  named(
    'a connection is hidden in the one answer that first lists the next holder of its address, then that one is',
    [
      life(0, 6000, { failsAt: 1000, identities: [BY_ADDRESS] }),
      life(1500, 4000, { identities: [{ ...BY_ADDRESS, from: 1500, commonName: 'second' }] }),
    ],
    [...well(5), after(300, { hides: [0] }), after(300, { hides: [1] }), ...well(15)],
    [1700, 3000, 5000],
  ),
  named(
    'username and address change in the middle of a connection',
    [
      life(0, 6000, {
        identities: [BY_ADDRESS, { from: 2000, commonName: 'first', username: 'later', ip: '172.31.9.10' }],
      }),
    ],
    well(22),
    [1000, 3000],
  ),
  named('an address outside of the endpoint’s CIDR', [life(0, 3000, { named: { ip: '10.99.0.5' } })], well(6), [1000]),
  named(
    'an establishment time three days ahead, corrected later',
    [life(400, 9000, { start: { ahead: 72 * HOUR, until: 2500 } })],
    well(12),
    [700, 1000],
  ),
  named(
    'a row of endpoint 2 among those of endpoint 1, once',
    [life(0, 3000, { endpoint: BETA }), life(0, FOR_EVER), life(700, 4000, { endpoint: BETA })],
    [
      ...well(1),
      after(300, { odd: [{ life: 0, kind: 'foreign' }] }),
      after(300, { odd: [{ life: 2, kind: 'foreign' }] }),
      ...well(16),
    ],
    [1000, 2500],
  ),
  named(
    'the first row of a connection of endpoint 2 is among those of endpoint 1',
    [life(700, 4000, { endpoint: BETA }), life(0, FOR_EVER)],
    [...well(2), after(300, { odd: [{ life: 0, kind: 'foreign' }], hides: [0] }), ...well(16)],
    [1000, 2500],
  ),
  named(
    'a ConnectionId of 316 characters',
    [life(0, FOR_EVER), life(100, 1500), life(1000, 3000)],
    [...well(2), after(300, { odd: [{ life: 1, kind: 'long-id' }] }), ...well(16)],
  ),
  named(
    '600 KB in one element that do not compress',
    [life(0, FOR_EVER), life(100, 1500), life(1000, 3000)],
    [...well(2), after(300, { odd: [{ life: 1, kind: 'huge' }] }), ...well(3)],
  ),
  named('request ids of 440 KB', [life(0, FOR_EVER)], [...well(1), after(300, { pages: 1100 }), ...well(1)]),
  named(
    'a character in a name that XML 1.0 does not have',
    [life(0, FOR_EVER), life(400, 3000, { named: { commonName: 'Tab\u0001le' } })],
    well(6),
  ),
];
