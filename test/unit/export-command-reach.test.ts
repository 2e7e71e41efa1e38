import { describe, expect, it } from 'vitest';
import { widerReach } from '../../cli/export/evidence/rows-outside.ts';
import { MOST_OTHERS } from '../../lambda/export/request.ts';
import { addSeconds } from '../../lambda/trail/time.ts';

const FROM = '2026-11-20T10:00:00Z';
const TO = '2026-11-20T11:00:00Z';
const stretch = { slots: { from: FROM, to: TO }, reach: { from: FROM, until: '2026-11-20T10:50:00Z' } };

/** Slots five minutes apart, before or after the stretch. */
const slotsBefore = (count: number) =>
  Array.from({ length: count }, (_, index) => addSeconds(FROM, -300 * (index + 1)));
const slotsAfter = (count: number) => Array.from({ length: count }, (_, index) => addSeconds(TO, 300 * (index + 1)));

describe('entries beside the stretch of an export', () => {
  it('are taken one by one while they are few', () => {
    expect(widerReach(stretch, new Set(slotsBefore(MOST_OTHERS)), 1)).toBeUndefined();
    expect(widerReach(stretch, new Set(), 1000)).toBeUndefined();
  });

  it('widen it to the nearest of them where they are many, so far that few enough are left', () => {
    const outside = new Set(slotsBefore(MOST_OTHERS + 3));
    expect(widerReach(stretch, outside, 1)).toEqual({
      ...stretch.reach,
      from: addSeconds(FROM, -900),
      through: undefined,
    });
    expect([...outside].filter((slot) => slot < addSeconds(FROM, -900))).toHaveLength(MOST_OTHERS);
  });

  it('widen it on both sides', () => {
    const outside = new Set([...slotsBefore(MOST_OTHERS), ...slotsAfter(2)]);
    expect(widerReach(stretch, outside, 1)).toMatchObject({
      from: addSeconds(FROM, -300),
      through: addSeconds(TO, 300),
    });
  });

  it('widen it to the end alone where they are all later', () => {
    const outside = new Set(slotsAfter(MOST_OTHERS + 1));
    expect(widerReach(stretch, outside, 1)).toEqual({ ...stretch.reach, through: addSeconds(TO, 300) });
  });

  it('are shared among the endpoints', () => {
    expect(widerReach(stretch, new Set(slotsBefore(MOST_OTHERS / 2)), 2)).toBeUndefined();
    expect(widerReach(stretch, new Set(slotsBefore(MOST_OTHERS / 2 + 1)), 2)).toMatchObject({
      from: addSeconds(FROM, -300),
    });
  });
});
