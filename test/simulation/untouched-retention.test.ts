import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toInstant } from '../../lambda/trail/time.ts';
import { BEGIN, type Event, listedAt, live, MINUTE, type Truth } from '../support/recording/eventful-history.ts';
import { ALPHA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { configured } from '../support/recording/use-trail.ts';
import { Crash, interrupt } from '../support/servers/interrupted-clients.ts';
import { accusations } from '../support/tampering/tampered-nothing.ts';

const HOUR = 60 * MINUTE;

const event = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Event>({ kind: 'well' }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }).map((slots): Event => ({ kind: 'no run', slots })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ call: fc.integer({ min: 1, max: 14 }), after: fc.boolean() })
      .map((crash): Event => ({ kind: 'crash', ...crash })),
  },
);

/** Stretches of recordings, and how many hours nobody records then; of a hundred expired items, so many are removed meanwhile. */
const stretches = fc.array(
  fc.record({
    events: fc.array(event, { minLength: 3, maxLength: 9 }),
    hours: fc.integer({ min: 0, max: 30 }),
    removed: fc.constantFrom(0, 30, 70, 100),
  }),
  { minLength: 2, maxLength: 4 },
);

const truths = fc
  .array(fc.record({ from: fc.integer({ min: -60, max: 3000 }), lasts: fc.integer({ min: 1, max: 2000 }) }), {
    minLength: 10,
    maxLength: 30,
  })
  .map((all) =>
    all.map(
      ({ from, lasts }, index): Truth => ({
        id: `cvpn-connection-${String(index).padStart(3, '0')}`,
        from,
        to: from + lasts,
        lag: 0,
      }),
    ),
  );

/** Removes items whose time to live is over, as DynamoDB does: some at once, some days later. */
async function expire(trail: RecordedTrail, percent: number): Promise<void> {
  const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE } = trail.options;
  const now = trail.now.getTime() / 1000;
  for (const TableName of [SNAPSHOTS_TABLE, CONNECTIONS_TABLE]) {
    for (const [index, item] of (await trail.scan(TableName)).entries()) {
      if (!(Number(item.expiresAt) <= now) || (index * 37) % 100 >= percent) continue;
      const { endpointId, slot, connectionId } = item;
      const Key = TableName === SNAPSHOTS_TABLE ? { endpointId, slot } : { connectionId };
      await trail.tables.documents.send(new DeleteCommand({ TableName, Key }));
    }
  }
}

/** The archive's lifecycle rule removes whole days. */
function expireArchive(trail: RecordedTrail): void {
  const day = toInstant(trail.now.getTime() - 48 * HOUR).slice(0, 10);
  for (const key of trail.archive.objects.keys()) {
    const [folder, , of = ''] = key.split('/');
    if (folder === 'chunks' && of < day) trail.archive.objects.delete(key);
  }
}

/** A trail of one connection that ends so many minutes after the beginning. */
async function startWith(RETENTION: 1 | 'forever', to: number) {
  const trail = configured(await RecordedTrail.start(), { RETENTION });
  onTestFinished(() => trail.close());
  trail.now = new Date(BEGIN);
  const all: Truth[] = [{ id: 'cvpn-connection-0a', from: -10, to, lag: 0 }];
  return { trail, all };
}

describe('a trail with a retention that nobody has touched', () => {
  it('is not accused for what has expired, early or late, partly or all of it', async () => {
    await fc.assert(
      fc.asyncProperty(truths, stretches, async (all, story) => {
        const trail = await RecordedTrail.start();
        trail.options = { ...trail.options, RETENTION: 1 };
        trail.now = new Date(BEGIN);
        try {
          for (const { events, hours, removed } of story) {
            for (const event of events) await live(trail, all, event);
            expect(await accusations(trail), 'while it is recorded').toEqual([]);
            trail.now = new Date(trail.now.getTime() + hours * HOUR);
            await expire(trail, removed);
            expireArchive(trail);
            expect(await accusations(trail), `${hours} hours later`).toEqual([]);
          }
          trail.rows = { [ALPHA]: listedAt(all, trail.now) };
          await configured(trail, { RETENTION: 'forever' }).recordTimes(2);
          expect(await accusations(trail), 'after the retention was lifted').toEqual([]);
        } finally {
          await trail.close();
        }
      }),
      { numRuns: 2 },
    );
  });

  it('is not accused once an endpoint was deleted, and its last connections have expired', async () => {
    const { trail, all } = await startWith(1, 900);
    await live(trail, all, { kind: 'well' });
    trail.rows = {};
    await trail.recordAfter(5);
    expect(await accusations(trail)).toEqual([]);
    trail.now = new Date(trail.now.getTime() + 25 * HOUR);
    expect(await accusations(trail), 'before they are removed').toEqual([]);
    await expire(trail, 100);
    expect(await accusations(trail), 'after').toEqual([]);
  });

  it('is not accused where later snapshots still list a connection that has expired', async () => {
    const { trail, all } = await startWith(1, -5);
    for (let slot = 0; slot < 4; slot++) await live(trail, all, { kind: 'well' });
    trail.now = new Date(BEGIN + 24 * HOUR + 12 * MINUTE);
    await expire(trail, 100);
    expect(await trail.connection('cvpn-connection-0a')).toBeUndefined();
    expect(await accusations(trail)).toEqual([]);
  });

  it('is not accused where a connection had just vanished, and nobody has recorded since', async () => {
    const { trail, all } = await startWith(1, 900);
    await live(trail, all, { kind: 'well' });
    trail.rows = { [ALPHA]: [] };
    await trail.recordAfter(5);
    trail.now = new Date(trail.now.getTime() + 25 * HOUR);
    await expire(trail, 100);
    expect(await accusations(trail)).toEqual([]);
  });

  it('is not accused where what was recorded before there was a retention was projected, and has expired, under it', async () => {
    const { trail, all } = await startWith('forever', -5);
    trail.rows = { [ALPHA]: listedAt(all, trail.now) };
    const ports = trail.ports();
    const { CONNECTIONS_TABLE } = trail.options;
    interrupt(ports, (_, proceed, input) =>
      JSON.stringify(input).includes(CONNECTIONS_TABLE) ? Promise.reject(new Crash()) : proceed(),
    );
    await trail.record({}, ports);
    await configured(trail, { RETENTION: 1 }).recordAfter(5);
    expect((await trail.connection('cvpn-connection-0a'))?.lastEntry).toBe(0);
    trail.now = new Date(trail.now.getTime() + 25 * HOUR);
    await expire(trail, 100);
    expect(await trail.connection('cvpn-connection-0a')).toBeUndefined();
    expect(await accusations(trail)).toEqual([]);
  });
});
