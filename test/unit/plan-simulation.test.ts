import { describe, expect, it } from 'vitest';
import { resumeAt } from '../../local/fast-forward.ts';
import { type Known, planSimulation } from '../../local/plan-simulation.ts';
import type { CompanyRecord } from '../../local/simulation-record.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-03-11T09:32:10Z');
const EMPTY: Known = { location: '/data', saved: undefined, trailIsEmpty: true, now: NOW, every: 5 * MINUTE };
const companyFrom = (time: string): CompanyRecord => ({
  source: 'company',
  seed: 7,
  fastForward: { from: `2026-03-10T${time}:00.000Z`, to: `2026-03-11T${time}:00.000Z`, stepSeconds: 300 },
});
const SAVED = companyFrom('08:00');

describe('the plan of a simulation', () => {
  it('is at first the day before now, slot by slot, up to the slot under way', () => {
    expect(planSimulation({ source: 'company', seed: 7 }, EMPTY)).toEqual(companyFrom('09:30'));
  });

  it.each([
    [1000, 300],
    [7000, 301],
    [4 * MINUTE, 480],
    [15 * MINUTE, 900],
  ])('takes steps of 5 minutes or more, multiples of an interval of %i ms', (every, stepSeconds) => {
    expect(planSimulation({ source: 'company' }, { ...EMPTY, every })).toMatchObject({ fastForward: { stepSeconds } });
  });

  it('stays what it was on a later start, begins anew where the trail is gone, and is none for AWS', () => {
    const known = { ...EMPTY, saved: SAVED };
    expect(planSimulation({ source: 'company' }, { ...known, trailIsEmpty: false })).toEqual(SAVED);
    expect(planSimulation({ source: 'company' }, known)).toEqual(companyFrom('09:30'));
    expect(planSimulation({ source: 'aws' }, EMPTY)).toBeUndefined();
  });

  it('keeps two accounts without being told again, and refuses them where the trail has one', () => {
    const two = { ...SAVED, accounts: true } as const;
    const known = { ...EMPTY, saved: two };
    expect(planSimulation({ source: 'company' }, { ...known, trailIsEmpty: false })).toEqual(two);
    expect(planSimulation({ source: 'company' }, known)).toEqual({ ...companyFrom('09:30'), accounts: true });
    expect(planSimulation({ source: 'company', seed: 7 }, known)).toEqual(companyFrom('09:30'));
    expect(() =>
      planSimulation({ source: 'company', accounts: true }, { ...EMPTY, saved: SAVED, trailIsEmpty: false }),
    ).toThrow('holds the simulated company of --seed 7, and this asks for --seed 7 --accounts. ');
  });

  it.each([
    ['the simulated company', 'aws', SAVED],
    ['the simulated company', 'saved-answer', SAVED],
    ['a saved answer', 'company', { source: 'saved-answer' }],
    ['connections recorded from AWS', 'company', undefined],
  ] as const)('refuses a trail that holds %s to %s', (holds, source, saved) => {
    const known = { ...EMPTY, saved, trailIsEmpty: false };
    expect(() => planSimulation({ source }, known)).toThrow(`The trail in /data holds ${holds}`);
  });
});

it.each([
  ['at its first slot where the trail is empty', undefined, '2026-03-10T08:00:00.000Z'],
  ['at the last slot, which a crash may have left to some', '2026-03-10T20:00:00Z', '2026-03-10T20:00:00.000Z'],
  ['after what came into the trail otherwise', '2026-03-10T20:07:00Z', '2026-03-10T20:10:00.000Z'],
  ['nowhere, once the trail has come to its end', '2026-03-11T08:00:00Z', undefined],
  ['nowhere, once the trail is past its end', '2026-03-11T12:05:00Z', undefined],
])('an interrupted first day goes on %s', (_, last, next) => {
  expect(resumeAt(SAVED, last === undefined ? undefined : new Date(last))?.toISOString()).toBe(next);
});
