import { describe, expect, it } from 'vitest';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import type { AccessesAnswer } from '../../lambda/query/schemas/trail.ts';
import { ANALYST, settingsOf, useAskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow } from '../support/recording/recorded-trail.ts';
import { useTrail } from '../support/recording/use-trail.ts';
import { allPages } from '../support/search/walked-pages.ts';

const trail = useTrail({ [ALPHA]: [activeRow('cvpn-connection-0a', '2026-11-20 07:58:34')] }, (made) =>
  made.recordTimes(1),
);
const asked = useAskedTrail(trail);

const accesses = async (question = '') => (await asked.ask<AccessesAnswer>(`/accesses${question}`)).body;
const stored = () => trail.scan(settingsOf(trail).ACCESSES_TABLE);

describe('an access', () => {
  it('is noted before the answer leaves: who, when, what was asked, how many rows', async () => {
    await asked.fetch(
      '/connections?user=alice.example.com&at=2026-11-20T08:00:00Z',
      'arn:aws:iam::123456789012:role/x',
    );
    expect(await stored()).toEqual([
      {
        day: '2026-11-20',
        access: '2026-11-20T08:05:00Z#request-1',
        principal: 'arn:aws:iam::123456789012:role/x',
        question: '/connections?user=alice.example.com&at=2026-11-20T08:00:00Z',
        rows: 1,
      },
    ]);
  });

  it('is noted too where nothing is found, and of a single connection that is not there', async () => {
    await asked.fetch('/connections?user=nobody');
    await asked.fetch('/connections/cvpn-connection-00');
    expect((await stored()).map(({ rows, question }) => ({ rows, question }))).toEqual(
      expect.arrayContaining([
        { rows: 0, question: '/connections?user=nobody' },
        { rows: 0, question: '/connections/cvpn-connection-00' },
      ]),
    );
  });

  it('is of the instants that were meant, in whatever form they were written, and so is a cursor', async () => {
    trail.rows = { [ALPHA]: ['a', 'b'].map((end) => activeRow(`cvpn-connection-0${end}`, '2026-11-20 07:58:34')) };
    await trail.recordTimes(1);
    const written = '/connections?since=2026-11-20&until=2026-11-20T10:00:00%2B02:00&limit=1';
    const { body } = await asked.ask<ConnectionsAnswer>(written);
    expect(body.window).toMatchObject({ since: '2026-11-20T00:00:00Z', until: '2026-11-20T08:00:00Z' });
    const question = String((await stored())[0]?.question);
    expect(question).toBe('/connections?since=2026-11-20T00%3A00%3A00Z&until=2026-11-20T08%3A00%3A00Z&limit=1');
    for (const same of [written, question]) {
      expect((await asked.fetch(`${same}&cursor=${body.cursor}`)).status).toBe(200);
    }
  });

  it('is none where the question was refused', async () => {
    await asked.fetch('/connections?limit=0');
    expect(await stored()).toEqual([]);
  });

  it('never takes the place of another, not even with its request id', async () => {
    const again = () =>
      asked.app.fetch(new Request('http://trail/endpoints'), { caller: { principal: ANALYST, requestId: 'same' } });
    expect((await again()).status).toBe(200);
    expect((await again()).status).toBe(503);
    expect(await stored()).toHaveLength(1);
    asked.errors.length = 0;
  });
});

describe('the accesses', () => {
  it('are read newest first, and reading them is an access', async () => {
    await asked.fetch('/connections');
    trail.now = new Date('2026-11-20T08:06:00Z');
    expect((await accesses()).accesses).toEqual([
      { at: '2026-11-20T08:05:00Z', requestId: 'request-1', principal: ANALYST, question: '/connections', rows: 1 },
    ]);
    expect((await accesses()).accesses.map(({ question, rows }) => [question, rows])).toEqual([
      ['/accesses', 1],
      ['/connections', 1],
    ]);
  });

  it('are paged over days, each once, although reading them adds to them', async () => {
    const times = ['2026-11-17T23:59:59Z', '2026-11-18T00:00:00Z', '2026-11-18T00:00:00Z', '2026-11-18T12:00:00Z'];
    for (const [index, time] of [...times, '2026-11-20T00:00:00Z'].entries()) {
      trail.now = new Date(time);
      await asked.fetch('/endpoints', `principal-${index}`);
    }
    trail.now = new Date('2026-11-20T09:00:00Z');
    const window = '?since=2026-11-17T23:59:59Z&until=2026-11-20T00:00:00Z&limit=2';
    const pages = await allPages((more) => accesses(window + more));
    const found = pages.flatMap((page) => page.accesses.map(({ principal }) => principal));
    expect(found).toEqual(['principal-4', 'principal-3', 'principal-2', 'principal-1', 'principal-0']);
    expect(pages.slice(0, 2).map((page) => page.accesses.length)).toEqual([2, 2]);
  });

  it('are of the window that is asked for, both ends of it included', async () => {
    for (const time of ['2026-11-19T10:00:00Z', '2026-11-19T11:00:00Z', '2026-11-19T12:00:00Z']) {
      trail.now = new Date(time);
      await asked.fetch('/endpoints', time);
    }
    const page = await accesses('?since=2026-11-19T11:00:00Z&until=2026-11-19T12:00:00Z');
    expect(page.accesses.map(({ principal }) => principal)).toEqual(['2026-11-19T12:00:00Z', '2026-11-19T11:00:00Z']);
    expect(page.window).toEqual({ since: '2026-11-19T11:00:00Z', until: '2026-11-19T12:00:00Z' });
  });
});
