import { describe, expect, it } from 'vitest';
import { untilInterrupted } from '../../cli/interruption.ts';
import { readPublicKey } from '../../cli/verify/read-public-key.ts';
import { faultLines } from '../../cli/verify/report.ts';
import { inOrder } from '../../lambda/trail/in-order.ts';
import { differencesOf, fieldText, isSameValue } from '../../verification/compare-item.ts';

describe('two values', () => {
  it.each([
    [true, 'a whole number, however it came', 5, 5n],
    [true, 'bytes', new Uint8Array([1, 2]), Buffer.from([1, 2])],
    [true, 'members in another order, the undefined left out', { a: 1, b: [2n] }, { b: [2], a: 1, c: undefined }],
    [true, 'both absent', undefined, undefined],
    [false, 'a number is no text', 5, '5'],
    [false, 'order counts in a list', [1, 2], [2, 1]],
    [false, 'bytes are no text of theirs', new Uint8Array([1]), 'AQ=='],
    [false, 'absent is not empty', undefined, ''],
    [false, 'a comma does not join members', ['a,b'], ['a', 'b']],
  ])('are the same: %s, %s', (same, _, one, other) => expect(isSameValue(one, other)).toBe(same));
});

describe('an item', () => {
  const differing = (one: object, other: object, only?: ReadonlySet<string>) =>
    differencesOf(one as never, other as never, only).map(({ field, words }) => `${field}: ${words}`);
  it('differs in what it has and should not have, too, and says what is and what should be, but never bytes', () => {
    const is = { a: 'x', b: 2, bytes: new Uint8Array(2), more: 'x' };
    const should = { a: 1n, b: 2, bytes: new Uint8Array(3), less: 'y' };
    expect(differing(is, should)).toEqual([
      'a: a is "x"; the log gives 1',
      'bytes: bytes differs',
      'less: less is absent; the log gives "y"',
      'more: more is "x"; the log gives absent',
    ]);
    expect(differing(is, should, new Set(['a', 'b']))).toHaveLength(1);
  });
});

it('a long value is cut for people', () => {
  expect(fieldText('x'.repeat(500))).toHaveLength(121);
  expect(fieldText(undefined)).toBe('absent');
});

describe('reading ahead', () => {
  it('answers in order, whatever comes first, and asks for no more than it may', async () => {
    const waiting: (() => void)[] = [];
    let underWay = 0;
    const read = (one: number) =>
      new Promise<number>((resolve) => {
        underWay += 1;
        expect(underWay).toBeLessThanOrEqual(3);
        waiting.push(() => {
          underWay -= 1;
          resolve(one);
        });
        if (waiting.length === 3 || one === 6) for (const answer of waiting.splice(0).toReversed()) answer();
      });
    expect(await Array.fromAsync(inOrder([0, 1, 2, 3, 4, 5, 6], 3, read))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('fails where the failed one is due', async () => {
    const read = async (one: number) => (one === 2 ? Promise.reject(new Error('two')) : one);
    const seen: number[] = [];
    const reading = async () => {
      for await (const one of inOrder([0, 1, 2, 3], 4, read)) seen.push(one);
    };
    await expect(reading()).rejects.toThrow('two');
    expect(seen).toEqual([0, 1]);
  });
});

it('of many faults of a kind and place the first ten are shown, and how many more there are', () => {
  const faults = Array.from({ length: 12 }, (_, entry) => ({
    kind: 'manifest-removed' as const,
    place: 'store' as const,
    message: `entry ${entry}`,
  }));
  const lines = faultLines([...faults, { kind: 'head-removed', place: 'store', message: 'no head' }]);
  expect(lines).toHaveLength(12);
  expect(lines[10]).toBe('WRONG  store manifest-removed: 2 more like this; --output json lists all');
  expect(lines[11]).toBe('WRONG  store head-removed: no head');
});

it('a key in base64 is 32 bytes, written the one way there is', () => {
  const key = Buffer.alloc(32, 9).toString('base64');
  expect(Buffer.from(readPublicKey(key))).toEqual(Buffer.alloc(32, 9));
  for (const wrong of [key.slice(0, -1), `${key} `, Buffer.alloc(31).toString('base64')]) {
    expect(() => readPublicKey(wrong)).toThrow(/--key was given/);
  }
});

describe('an interruption', () => {
  it('ends the wait for a read that hangs', async () => {
    const controller = new AbortController();
    const waiting = untilInterrupted(new Promise(() => {}), controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'Interrupted' });
  });

  it('that comes too late, or never, changes nothing', async () => {
    const controller = new AbortController();
    expect(await untilInterrupted(Promise.resolve(7), controller.signal)).toBe(7);
    await expect(untilInterrupted(Promise.reject(new Error('x')), controller.signal)).rejects.toThrow('x');
    controller.abort();
  });
});
