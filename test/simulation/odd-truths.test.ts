import { describe, expect, it } from 'vitest';
import { HAND_MADE } from '../support/odd-truths/hand-made.ts';
import { judgeWorld } from '../support/odd-truths/judged-world.ts';

/** Those in which answers are wrong until the rules of the fold, of clocks and of addresses are as they shall be. */
const NOT_YET: readonly string[] = [
  'the machine’s clock is set back by an hour while the first page is waited for; an outage of 100 minutes follows',
  'one answer’s Date is an hour ahead; an outage of 100 minutes follows',
  'one answer’s Date is an hour behind, after an outage of 100 minutes',
  'an outage of two hours, then one whole, empty answer while people are connected',
  'an outage of two hours, then one row that fell between two pages',
  'an outage of two hours, then a row is hidden, and AWS forgets the connection in a second outage',
  'one answer says terminated with an end, the next 20 say active, then a real end comes',
  'one answer says terminated without an end, the next 20 say active, then a real end comes',
  'terminated without an end in two snapshots, the counters corrected in the second',
  'two terminated rows in one answer: the later Timestamp without an end, the earlier with one',
  'two terminated rows in each answer, of which only the earlier has the end',
  'first seen terminated, neither beginning nor end given',
  'never an establishment time',
  'a connection that failed to terminate is still listed when its address goes to the next client',
  'username and address change in the middle of a connection',
  'an address outside of the endpoint’s CIDR',
  'an establishment time three days ahead, corrected later',
  '600 KB in one element that do not compress',
  'a character in a name that XML 1.0 does not have',
];

describe('one strange answer, clock or row', () => {
  it.each(HAND_MADE.filter(({ name }) => !NOT_YET.includes(name)))('makes no answer wrong: $name', async (world) => {
    expect((await judgeWorld(world)).faults).toEqual([]);
  });
});
