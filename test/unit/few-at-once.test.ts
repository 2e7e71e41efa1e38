import { describe, expect, it } from 'vitest';
import { fewAtOnce } from '../../lambda/few-at-once.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('few at once', () => {
  it('begins no more than so many, and gives what came of each in the order of the items', async () => {
    let underWay = 0;
    const seen: number[] = [];
    const results = await fewAtOnce([3, 1, 2, 0, 1], 2, async (turns) => {
      seen.push(++underWay);
      for (let left = turns; left > 0; left--) await turn();
      underWay -= 1;
      return `${turns}`;
    });
    expect(results).toEqual(['3', '1', '2', '0', '1']);
    expect(Math.max(...seen)).toBe(2);
  });

  it('begins none after a failure, and finishes those that are under way', async () => {
    const [begun, finished]: number[][] = [[], []];
    const work = fewAtOnce([0, 1, 2, 3], 2, async (item) => {
      begun?.push(item);
      if (item === 0) throw new Error('the first');
      await turn();
      finished?.push(item);
    });
    await expect(work).rejects.toThrow('the first');
    expect([begun, finished]).toEqual([[0, 1], [1]]);
  });
});
