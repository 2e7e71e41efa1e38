import { describe, expect, it } from 'vitest';
import type { HistoryAnswer, UsageAnswer } from '../../lambda/query/schemas/connection.ts';
import { useAskedTrail } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, endedRow } from '../support/recording/recorded-trail.ts';
import { lists, useTrail } from '../support/recording/use-trail.ts';
import { allPages } from '../support/search/walked-pages.ts';

const ID = 'cvpn-connection-0a';
const trail = useTrail();
const asked = useAskedTrail(trail);

const row = (ingressBytes: string, more = {}) => activeRow(ID, '2026-11-20 07:58:34', { ingressBytes, ...more });
const usage = async (parameters = '') => (await asked.ask<UsageAnswer>(`/connections/${ID}/usage${parameters}`)).body;
const history = async (parameters = '') =>
  (await asked.ask<HistoryAnswer>(`/connections/${ID}/history${parameters}`)).body;

/** Records after so many minutes what AWS then lists. */
async function record(minutes: number, ingressBytes: string, more = {}): Promise<void> {
  await lists(trail, { [ALPHA]: [row(ingressBytes, more)] }).recordAfter(minutes);
}

describe('the usage of a connection', () => {
  it('is its counters at each snapshot, what passed in between, and the last as totals', async () => {
    await record(5, '100');
    await record(5, '150', { egressBytes: '1000' });
    expect(await usage()).toMatchObject({
      connectionId: ID,
      endpointId: ALPHA,
      samples: [
        { slot: '2026-11-20T08:05:00Z', at: '2026-11-20T08:05:00Z', ingressBytes: 100, status: 'active' },
        {
          slot: '2026-11-20T08:10:00Z',
          ingressBytes: 150,
          egressBytes: 1000,
          since: { seconds: 300, ingressBytes: 50, egressBytes: 800, ingressPackets: 0 },
        },
      ],
      totals: { ingressBytes: 150, egressBytes: 1000, ingressPackets: 3, egressPackets: 4 },
      coverage: { complete: true },
    });
    expect((await usage()).samples[0]).not.toHaveProperty('since');
  });

  it('has no samples for an outage, and says of the difference after it that it is across a gap', async () => {
    await record(5, '100');
    await record(5, '110');
    await record(120, '500');
    await record(5, '510');
    const { samples, coverage } = await usage();
    expect(samples.map(({ since }) => since)).toMatchObject([
      undefined,
      { seconds: 300, ingressBytes: 10 },
      { seconds: 7200, ingressBytes: 390, acrossGap: true },
      { seconds: 300, ingressBytes: 10 },
    ]);
    expect(samples[1]?.since).not.toHaveProperty('acrossGap');
    expect(samples[3]?.since).not.toHaveProperty('acrossGap');
    expect(coverage).toMatchObject({ complete: false, gaps: [{ reasons: ['no-run'] }] });
  });

  it('says of a shorter outage too that snapshots are missing', async () => {
    await record(5, '100');
    await record(30, '200');
    expect((await usage()).samples[1]?.since).toMatchObject({ seconds: 1800, acrossGap: true });
  });

  it('gives no difference where a counter went back', async () => {
    await record(5, '100');
    await record(5, '40');
    const { samples } = await usage();
    expect(samples[1]?.since).toEqual({ seconds: 300, reset: true });
    expect(samples[1]).toMatchObject({ ingressBytes: 40 });
  });

  it('goes on from page to page without losing what passed between them', async () => {
    for (const bytes of ['1', '3', '6', '10', '15']) await record(5, bytes);
    const pages = await allPages((more) => usage(`?limit=2${more}`));
    expect(pages.flatMap(({ samples }) => samples.map(({ since }) => since?.ingressBytes))).toEqual([
      undefined,
      2,
      3,
      4,
      5,
    ]);
    expect(pages).toHaveLength(3);
  });

  it('is of the window that is asked for', async () => {
    for (const bytes of ['1', '3', '6', '10']) await record(5, bytes);
    const { samples } = await usage('?since=2026-11-20T08:10:00Z&until=2026-11-20T08:15:00Z');
    expect(samples.map(({ slot }) => slot)).toEqual(['2026-11-20T08:10:00Z', '2026-11-20T08:15:00Z']);
  });

  it('ends with the connection, and keeps counters above 2^53 to the last digit', async () => {
    await record(5, '9007199254740993');
    await lists(trail, { [ALPHA]: [endedRow(row('9007199254740995'), '2026-11-20 08:07:00')] }).recordTimes(1);
    await lists(trail, { [ALPHA]: [] }).recordTimes(2);
    const text = await (await asked.fetch(`/connections/${ID}/usage`)).text();
    expect(text).toContain('"ingressBytes":9007199254740993');
    expect(text).toContain('"totals":{"ingressBytes":9007199254740995');
    expect(text).toContain('"since":{"seconds":300,"ingressBytes":2,');
    expect((await usage()).samples.map(({ status }) => status)).toEqual(['active', 'terminated']);
  });
});

describe('the history of a connection', () => {
  it('is each row as AWS gave it, also what this version does not know, with where it is stored', async () => {
    await record(5, '100', { deviceColour: 'green' });
    await lists(trail, { [ALPHA]: [endedRow(row('120'), '2026-11-20 08:07:00')] }).recordTimes(1);
    const [first] = await trail.manifests();
    expect((await history()).sightings).toEqual([
      {
        slot: '2026-11-20T08:05:00Z',
        entry: 0,
        s: '2026-11-20T08:05:00Z',
        f: '2026-11-20T08:05:00Z',
        chunk: first?.chunks[0]?.sha256,
        row: row('100', { deviceColour: 'green' }),
      },
      expect.objectContaining({ entry: 1, row: endedRow(row('120'), '2026-11-20 08:07:00') }),
    ]);
  });

  it('has both rows of a snapshot that lists the connection twice', async () => {
    await lists(trail, { [ALPHA]: [row('1'), row('2')] }).recordTimes(1);
    expect((await history()).sightings.map((sighting) => sighting.row.ingressBytes)).toEqual(['1', '2']);
  });

  it('is paged, each sighting once', async () => {
    for (const bytes of ['1', '2', '3', '4']) await record(5, bytes);
    const first = await history('?limit=3');
    const second = await history(`?limit=3&cursor=${first.cursor}`);
    const all = [...first.sightings, ...second.sightings].map((sighting) => sighting.row.ingressBytes);
    expect(all).toEqual(['1', '2', '3', '4']);
    expect(second).not.toHaveProperty('cursor');
  });

  it('leaves out snapshots whose rows have expired, and says how many', async () => {
    trail.options = { ...trail.options, RETENTION: 1 };
    await record(5, '1');
    trail.options = { ...trail.options, RETENTION: 30 };
    await record(5, '2');
    trail.now = new Date('2026-11-21T08:06:00Z');
    const answer = await history();
    expect(answer.sightings.map((sighting) => sighting.row.ingressBytes)).toEqual(['2']);
    expect(answer.expired).toBe(1);
  });
});
