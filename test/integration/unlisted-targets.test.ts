import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { addressOf, type Parameters } from '../../console/question.ts';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import type { CoverageAnswer } from '../../lambda/query/schemas/coverage.ts';
import { reportUsage } from '../../reports/usage/usage.ts';
import { AskedTrail, settingsOf } from '../support/command/asked-trail.ts';
import { REQUEST, SigningTrail } from '../support/exports/export-signing.ts';
import { ofEachTest } from '../support/of-each-test.ts';
import { ALPHA, activeRow, BETA } from '../support/recording/recorded-trail.ts';
import { INTERVAL, OTHER, OWN, READER, startTwoAccounts, TARGETS } from '../support/recording/two-accounts.ts';
import { accusations } from '../support/tampering/tampered-nothing.ts';

const accounts = ofEachTest(startTwoAccounts, (made) => made.close());

const PLACE = { accountId: OTHER.account, region: OTHER.region };
const SINCE = '2026-11-20T08:30:00Z';
const UNTIL = '2026-11-20T09:00:00Z';
const WINDOW = `since=${SINCE}&until=${UNTIL}`;
const EVERY_KIND = [`/connections?${WINDOW}`, '/connections', `/connections?at=${UNTIL}`, '/connections?at=now'];

async function recordTimes(times: number, targets = [OWN, OTHER]) {
  for (let time = 0; time < times; time += 1) await accounts.recordNext(targets);
}

async function coverageOf(question: string, asked = accounts.asked) {
  const { status, body } = await asked.ask<ConnectionsAnswer>(question);
  expect(status).toBe(200);
  return body.coverage;
}

/** Those who ask by other settings. Requests of one moment have numbers, which begin anew, so a second passes. */
function asking(settings: object, ports: object = {}): Promise<AskedTrail> {
  accounts.trail.now = new Date(accounts.trail.now.getTime() + 1000);
  const all = { ...settingsOf(accounts.trail), INTERVAL_MINUTES: INTERVAL, ...settings };
  return AskedTrail.over(accounts.trail, { settings: all, ...ports });
}

const coverage = async (question = '') => (await accounts.asked.ask<CoverageAnswer>(`/coverage${question}`)).body;
const instant = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;

/** The gap of the target, from a time of the question on. */
const gapOf = (reasons: readonly string[], rest: object = {}) =>
  expect.objectContaining({ ...PLACE, reasons, ongoing: true, ...rest });

describe('a target whose role was refused from the start', () => {
  it('is a gap of every answer that may be about it', async () => {
    accounts.now.roles = [];
    await recordTimes(4);
    for (const question of EVERY_KIND) {
      expect(await coverageOf(question)).toMatchObject({ complete: false, gaps: [gapOf(['assume-role'])] });
    }
    const told = await coverage(`?${WINDOW}`);
    expect(told).toMatchObject({ complete: false, endpoints: [{ endpointId: ALPHA }] });
    const gap = { ...PLACE, start: SINCE, end: UNTIL, reasons: ['assume-role'], ongoing: true };
    expect(told.gaps).toEqual([gap]);
    const settings = { ...settingsOf(accounts.trail), INTERVAL_MINUTES: INTERVAL, TARGETS };
    accounts.trail.now = new Date(accounts.trail.now.getTime() + 1000);
    const signing = await SigningTrail.over(accounts.trail, { settings });
    const question = { since: [SINCE], until: [UNTIL] };
    expect((await signing.sign({ ...REQUEST, question })).coverage).toMatchObject({ complete: false, gaps: [gap] });
  });

  it('is none of an answer about others', async () => {
    accounts.now.roles = [];
    await recordTimes(4);
    for (const others of [`endpoint=${ALPHA}`, `account=${OWN.account}`, `region=${OWN.region}`]) {
      expect(await coverageOf(`/connections?${others}&${WINDOW}`)).toMatchObject({ complete: true, gaps: [] });
      expect(await coverageOf(`/connections?${others}&at=now`)).toMatchObject({ complete: true, gaps: [] });
      expect(await coverage(`?${others}&${WINDOW}`)).not.toHaveProperty('gaps');
    }
    const { status } = await accounts.asked.ask(`/connections?account=${OTHER.account}`);
    expect(status).toBe(404);
  });

  it('has gaps of its endpoints, once it is recorded, as they have in any trail', async () => {
    accounts.now.roles = [];
    await recordTimes(2);
    accounts.now.roles = [READER];
    await recordTimes(1);
    expect((await coverageOf(`/connections?${WINDOW}`)).gaps).toMatchObject([
      { endpointId: BETA, reasons: ['before-first-snapshot'] },
    ]);
    expect(await coverage()).not.toHaveProperty('gaps');
  });
});

describe('a target whose schedule never ran', () => {
  it('is a gap because of that', async () => {
    await recordTimes(6, [OWN]);
    for (const question of EVERY_KIND) {
      expect((await coverageOf(question)).gaps).toEqual([gapOf(['no-run'])]);
    }
  });
});

describe('a target without endpoints', () => {
  it('is no gap while AWS says so, and one since then when it does not any more', async () => {
    accounts.trail.rows = { [ALPHA]: [] };
    await recordTimes(4);
    const listedAt = instant(accounts.trail.now);
    for (const question of [...EVERY_KIND, `/connections?account=${OWN.account}`]) {
      expect(await coverageOf(question)).toMatchObject({ complete: true, gaps: [] });
    }
    // What came since the list is known with the next one.
    expect((await coverageOf(`/connections?since=${SINCE}&until=${listedAt}`)).complete).toBe(false);
    accounts.now.roles = [];
    await recordTimes(4);
    const gap = gapOf(['assume-role'], { start: listedAt });
    expect((await coverageOf('/connections')).gaps).toEqual([gap]);
    expect((await coverageOf('/connections?at=now')).gaps).toEqual([gap]);
    expect(await coverageOf(`/connections?${WINDOW}`)).toMatchObject({ complete: true, gaps: [] });
  });

  it('any more is none either: that it was deleted is what AWS listed', async () => {
    await recordTimes(2);
    accounts.trail.rows = { [ALPHA]: [] };
    await recordTimes(1);
    expect(await coverageOf('/connections?at=now')).toMatchObject({ complete: true, gaps: [] });
    await recordTimes(4);
    expect(await coverageOf('/connections?at=now')).toMatchObject({ complete: true, gaps: [] });
    accounts.now.roles = [];
    const listedAt = instant(accounts.trail.now);
    await recordTimes(4);
    expect((await coverageOf('/connections')).gaps.at(-1)).toEqual(gapOf(['assume-role'], { start: listedAt }));
  });

  it('costs a write a recording, and one with endpoints none', async () => {
    const noted = async () =>
      (await accounts.trail.scan(accounts.trail.options.SNAPSHOTS_TABLE)).filter(
        (one) => one.endpointId === '#targets',
      );
    await recordTimes(2);
    expect(await noted()).toEqual([]);
    accounts.trail.rows = { [ALPHA]: [] };
    await recordTimes(2);
    const listedAt = instant(accounts.trail.now);
    expect(await noted()).toEqual([{ endpointId: '#targets', slot: `${OTHER.account}/${OTHER.region}`, listedAt }]);
    expect(await accusations(accounts.trail)).toEqual([]);
  });
});

describe('a report', () => {
  it('marks the rows that may lack what is not recorded: those of its account, not those of others', async () => {
    const rows = [activeRow('cvpn-connection-0a', '2026-11-20 08:40:00')];
    Object.assign(accounts.trail, { rows: { [ALPHA]: rows, [BETA]: [] } });
    accounts.now.roles = [];
    await recordTimes(3);
    let { asked } = accounts;
    const ask = <T>(path: readonly string[], question: Parameters, schema: z.ZodType<T>) =>
      askTrail((address) => asked.fetch(address), addressOf(`/${path.join('/')}`, question), schema);
    const incomplete = async (by: 'account' | 'user') => {
      const question = { by, counters: 0, zone: 'UTC', since: SINCE, until: UNTIL };
      return (await reportUsage({ ask, count: () => undefined }, question)).rows.map((row) => row.incomplete);
    };
    expect([await incomplete('account'), await incomplete('user')]).toEqual([[undefined], [true]]);
    asked = await asking({ TARGETS: [...TARGETS, { accountId: String(OWN.account), region: 'eu-west-1' }] });
    expect(await incomplete('account')).toEqual([true]);
  });
});

describe('what an answer reads', () => {
  const readsOf = async (settings: object) => {
    let reads = 0;
    const onRead = () => {
      reads += 1;
    };
    const asked = await asking(settings, { onRead });
    for (const question of EVERY_KIND) await coverageOf(question, asked);
    return reads;
  };

  it('is no more than before where there are no targets, or each has endpoints', async () => {
    await recordTimes(2);
    expect(await readsOf({ TARGETS })).toBe(await readsOf({}));
    const more = { TARGETS: [...TARGETS, { accountId: '999988887777', region: 'eu-west-1' }] };
    // The lists of all targets, and why they failed.
    expect(await readsOf(more)).toBe((await readsOf({})) + 2 * EVERY_KIND.length);
  });
});
