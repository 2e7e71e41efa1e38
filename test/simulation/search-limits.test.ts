import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../lambda/trail/connection.ts';
import { toInstant } from '../../lambda/trail/time.ts';
import { AskedTrail } from '../support/command/asked-trail.ts';
import { ProjectedTrail } from '../support/recording/projected-trail.ts';
import { ALPHA } from '../support/recording/recorded-trail.ts';
import { rowsOf, walkAllPages } from '../support/search/walked-pages.ts';

let store: ProjectedTrail;
let trail: AskedTrail;
let reads = 0;

beforeAll(async () => {
  store = await ProjectedTrail.start();
  store.trail.now = new Date('2026-11-20T12:00:00Z');
  trail = await AskedTrail.over(store.trail, {
    onRead: (purpose) => {
      if (purpose === 'index') reads += 1;
    },
  });
});
afterAll(() => store.close());
beforeEach(() => {
  reads = 0;
});

const BEGIN = Date.parse('2026-11-19T00:00:00Z');

/** A connection of a minute with one address and one name, like all of its kind; its texts take so many characters. */
function large(number: number, characters: number): Connection {
  const [establishedAt, endedAt] = [toInstant(BEGIN + number * 60_000), toInstant(BEGIN + number * 60_000 + 59_000)];
  return {
    connectionId: `cvpn-connection-${String(number).padStart(5, '0')}`,
    endpointId: ALPHA,
    accountId: '123456789012',
    region: 'eu-central-1',
    status: 'terminated',
    statusMessage: 'x'.repeat(characters),
    commonName: number % 100 === 7 ? 'Bob' : 'bob',
    clientIp: '10.0.0.1',
    establishedAt,
    endedAt,
    end: { kind: 'reported' },
    firstSeenAt: endedAt,
    firstSlot: endedAt,
    lastSeenAt: endedAt,
    lastSlot: endedAt,
    lastEntry: 0,
  };
}

/** Puts these in the place of what was there, recorded from the first of the instants to the newest. */
async function fill(connections: readonly Connection[], first: string, newest: string): Promise<void> {
  await store.clear();
  await store.write(connections);
  await store.record({ endpointId: ALPHA, first, projected: newest, newest });
}

const ids = (connections: readonly Connection[]) =>
  connections.map(({ connectionId }) => ({ connectionId, possible: false })).toReversed();

describe('rows that take more than the 1 MB of one read', () => {
  const all = Array.from({ length: 700 }, (_, number) => large(number, 4500));
  const rare = all.filter(({ commonName }) => commonName === 'Bob');

  beforeAll(() => fill(all, '2026-11-18T00:00:00Z', '2026-11-20T00:00:00Z'));

  it.each(['user=bob', 'ip=10.0.0.1', `endpoint=${ALPHA}&since=2026-11-19T00:00:00Z`])(
    'are all found by %s, each once, on pages that Lambda can answer',
    async (question) => {
      const pages = await walkAllPages(trail, new URLSearchParams(`${question}&limit=1000`));
      expect(rowsOf(pages)).toEqual(ids(all));
      // Lambda answers 6 MB at most (Lambda quotas).
      expect(Math.max(...pages.map((page) => JSON.stringify(page).length))).toBeLessThan(5_000_000);
      expect(pages.length, 'no page has all of it').toBeGreaterThan(1);
      expect(reads, 'reads stop at 1 MB').toBeGreaterThan(3);
    },
  );

  it.each(['user=bob&commonName=Bob', 'ip=10.0.0.1&commonName=Bob'])(
    'and of which few pass: %s finds each of those',
    async (question) => {
      const pages = await walkAllPages(trail, new URLSearchParams(`${question}&limit=4`));
      expect(rowsOf(pages)).toEqual(ids(rare));
      expect(pages.map(({ connections }) => connections.length)).toEqual([4, 3]);
    },
  );
});

describe('years in which hardly anything passes', () => {
  const first = large(0, 1);
  const old = { ...first, establishedAt: '2025-05-01T10:00:00Z', endedAt: '2025-05-01T11:00:00Z' };

  beforeAll(() => fill([old], '2025-05-01T00:00:00Z', '2026-11-19T00:00:00Z'));

  it('are walked in pages that end in time, empty ones with a cursor, down to the one connection', async () => {
    const pages = await walkAllPages(trail, new URLSearchParams('limit=10'));
    expect(rowsOf(pages)).toEqual(ids([old]));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.slice(0, -1).every(({ connections }) => connections.length === 0)).toBe(true);
    expect(reads / pages.length).toBeLessThanOrEqual(502);
  });

  it('end where nothing passes at all', async () => {
    const pages = await walkAllPages(
      trail,
      new URLSearchParams('status=failed-to-terminate&match=started&since=2026-10-01T00:00:00Z'),
    );
    expect(rowsOf(pages)).toEqual([]);
  });

  it('before the first snapshot cost nothing', async () => {
    const question = 'since=1970-01-01T00:00:00Z&until=2025-04-01T00:00:00Z';
    expect(rowsOf(await walkAllPages(trail, new URLSearchParams(question)))).toEqual([]);
    expect(reads).toBeLessThan(10);
  });
});
