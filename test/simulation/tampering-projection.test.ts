import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromConnectionItem, type Item, toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import { ALPHA, activeRow, BETA, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { expectFound, type Tampering, wrong } from '../support/tampering/tampered-case.ts';
import { inFaultOrder, type NamedFault } from '../support/tampering/tampered-findings.ts';
import { GAMMA, ID, recordRichly } from '../support/tampering/tampered-story.ts';
import { TamperedTrail } from '../support/tampering/tampered-trail.ts';

let recorded: RecordedTrail;
let whole: TamperedTrail;
let earlier: TamperedTrail;
beforeAll(async () => {
  ({ trail: recorded, whole, earlier } = await recordRichly());
});
afterAll(() => recorded.close());

const mark = (field: string) => wrong('watermark-changed', 'store', { endpointId: ALPHA, field });
const ofAlpha = (id: string, field: string) =>
  wrong('connection-changed', 'store', { endpointId: ALPHA, connectionId: id, field });

const WATERMARKS: Tampering[] = [
  ...Object.entries({
    entry: 3,
    slot: '2026-11-20T22:00:00Z',
    f: '2026-11-20T22:00:00Z',
    unlisted: [],
    partialAfter: ID.bob,
    noneOdd: undefined,
    invented: 1,
  }).map(
    ([field, value]): Tampering => ({
      what: `the ${field} of a watermark`,
      tamper: (trail) => trail.change(trail.watermarkKey(ALPHA), { [field]: value }),
      // By its entry alone, the connections are ahead of it too.
      found: () => (field === 'entry' ? [mark(field), mark(field)] : [mark(field)]),
    }),
  ),
  {
    what: 'a watermark ahead of the log',
    tamper: (trail) => trail.change(trail.watermarkKey(ALPHA), { entry: 99 }),
    found: () => [mark('entry')],
  },
  {
    what: 'a watermark that was removed',
    tamper: (trail) => trail.remove(trail.watermarkKey(ALPHA)),
    found: () => [wrong('watermark-removed', 'store', { endpointId: ALPHA })],
  },
  {
    what: 'an earlier watermark, put back beside later connections',
    tamper: (trail) =>
      trail.change(trail.watermarkKey(ALPHA), earlier.connections.get(trail.watermarkKey(ALPHA)) ?? {}),
    found: () => [mark('entry')],
  },
  {
    what: 'a watermark within an entry whose changes are not all projected',
    tamper: (trail) => {
      const { entry, slot, f } = trail.manifest(ALPHA, 21);
      trail.change(trail.watermarkKey(ALPHA), { entry, slot, f, unlisted: [], partialAfter: ID.emil });
      trail.connections.set(ID.emil, earlier.connections.get(ID.emil) ?? {});
    },
    found: () => [
      wrong('connection-rolled-back', 'store', { endpointId: ALPHA, connectionId: ID.emil, field: 'lastEntry' }),
    ],
  },
  {
    what: 'a watermark of no log',
    tamper: (trail) => {
      const connectionId = trail.watermarkKey('cvpn-endpoint-0ddddddddddddddd0');
      trail.connections.set(connectionId, { connectionId, entry: 1, slot: '', f: '', unlisted: [] });
    },
    found: () => [wrong('watermark-changed', 'store', { endpointId: 'cvpn-endpoint-0ddddddddddddddd0' })],
  },
];

const invented = (endpointId: string): Item => ({
  ...whole.connections.get(ID.dora),
  ...toConnectionItem(
    { ...fromConnectionItem(whole.connections.get(ID.dora) ?? {}), connectionId: 'cvpn-connection-99', endpointId },
    undefined,
  ),
});

const CONNECTIONS: Tampering[] = [
  {
    what: 'a connection that was removed',
    tamper: (trail) => trail.remove(ID.bob),
    found: () => [wrong('connection-removed', 'store', { endpointId: ALPHA, connectionId: ID.bob })],
  },
  {
    what: 'an open connection that was removed',
    tamper: (trail) => trail.remove(ID.anna),
    found: () => [wrong('connection-removed', 'store', { endpointId: ALPHA, connectionId: ID.anna })],
  },
  {
    what: 'an invented connection',
    tamper: (trail) => trail.connections.set('cvpn-connection-99', invented(ALPHA)),
    found: () => [wrong('connection-added', 'store', { endpointId: ALPHA, connectionId: 'cvpn-connection-99' })],
  },
  {
    what: 'an invented connection that claims a slot of the future',
    tamper: (trail) =>
      trail.connections.set('cvpn-connection-99', { ...invented(ALPHA), firstSlot: '2026-11-23T00:00:00Z' }),
    found: () => [wrong('connection-added', 'store', { endpointId: ALPHA, connectionId: 'cvpn-connection-99' })],
  },
  {
    what: 'an invented connection of an endpoint without a log',
    tamper: (trail) => trail.connections.set('cvpn-connection-99', invented('cvpn-endpoint-0ddddddddddddddd0')),
    found: () => [
      wrong('connection-added', 'store', {
        endpointId: 'cvpn-endpoint-0ddddddddddddddd0',
        connectionId: 'cvpn-connection-99',
      }),
    ],
  },
  {
    what: 'an invented item that is no connection',
    tamper: (trail) => trail.connections.set('x', { connectionId: 'x', endpointId: ALPHA }),
    found: () => [wrong('connection-changed', 'store', { endpointId: ALPHA, connectionId: 'x' })],
  },
  {
    what: 'a connection of which nothing can be read any more',
    tamper: (trail) => trail.connections.set(ID.bob, { connectionId: ID.bob, endpointId: ALPHA, lastEntry: 'x' }),
    found: () => [wrong('connection-changed', 'store', { endpointId: ALPHA, connectionId: ID.bob })],
  },
  {
    what: 'a connection moved to another endpoint',
    tamper: (trail) => trail.change(ID.bob, { endpointId: BETA }),
    found: () => [ofAlpha(ID.bob, 'endpointId')],
  },
  {
    what: 'a connection moved to an endpoint without a log',
    tamper: (trail) => trail.change(ID.bob, { endpointId: 'cvpn-endpoint-0ddddddddddddddd0' }),
    found: () => [ofAlpha(ID.bob, 'endpointId')],
  },
  {
    what: 'a connection that says an entry of the far future changed it, to hide what else was changed',
    tamper: (trail) => trail.change(ID.bob, { lastEntry: 1e9, commonName: 'mallory' }),
    found: () => [ofAlpha(ID.bob, 'lastEntry'), ofAlpha(ID.bob, 'commonName')],
  },
  {
    what: 'a connection as it was before it ended, put back',
    tamper: (trail) => {
      const { endedAt: _, end: __, ...open } = fromConnectionItem(trail.connections.get(ID.bob) ?? {});
      trail.connections.set(ID.bob, toConnectionItem({ ...open, status: 'active', lastEntry: 0 }, undefined));
    },
    found: () => [
      wrong('connection-rolled-back', 'store', { endpointId: ALPHA, connectionId: ID.bob, field: 'lastEntry' }),
    ],
  },
  {
    what: 'a connection as it was recorded earlier, put back',
    tamper: (trail) => trail.connections.set(ID.emil, earlier.connections.get(ID.emil) ?? {}),
    found: () => [
      wrong('connection-rolled-back', 'store', { endpointId: ALPHA, connectionId: ID.emil, field: 'lastEntry' }),
    ],
  },
  {
    what: 'one address given to another connection',
    tamper: (trail) =>
      trail.change(ID.bob, { clientIp: '172.31.0.4', clientIpKey: trail.connections.get(ID.dora)?.clientIpKey }),
    found: () => [ofAlpha(ID.bob, 'clientIp'), ofAlpha(ID.bob, 'clientIpKey')],
  },
  {
    what: 'the contents of two connections, exchanged',
    tamper: (trail) => {
      const [bob, dora] = [trail.connections.get(ID.bob) ?? {}, trail.connections.get(ID.dora) ?? {}];
      trail.connections.set(ID.bob, { ...dora, connectionId: ID.bob });
      trail.connections.set(ID.dora, { ...bob, connectionId: ID.dora });
    },
    found: (trail) => {
      const [bob = {}, dora = {}] = [ID.bob, ID.dora].map((id) => trail.connections.get(id));
      const fields = Object.keys(bob).filter((name) => name !== 'connectionId' && name !== 'lastEntry');
      const differing = fields.filter((name) => String(bob[name]) !== String(dora[name]));
      return [
        ...[...differing, 'lastEntry'].map((field) => ofAlpha(ID.bob, field)),
        wrong('connection-rolled-back', 'store', { endpointId: ALPHA, connectionId: ID.dora, field: 'lastEntry' }),
      ];
    },
  },
];

describe.each([
  ['watermarks', WATERMARKS],
  ['connections', CONNECTIONS],
])('of the %s', (_, tamperings) => {
  it.each(tamperings.map((one) => [one.what, one] as const))(
    '%s is found, and nothing else is accused',
    (_what, tampering) => expectFound(tampering, whole, earlier),
  );
});

describe('of every connection', () => {
  /** What can be changed: not the key. */
  const attributes = () => {
    const names = [...whole.connections.values()].flatMap((item) =>
      String(item.connectionId).startsWith('#') ? [] : Object.keys(item),
    );
    return [...new Set(names), 'expiresAt', 'invented'].filter((name) => name !== 'connectionId');
  };

  const other = (name: string, value: unknown): unknown => {
    if (name === 'expiresAt') return 1_700_000_000;
    if (name === 'endBetween') return ['2026-11-20T22:00:00Z', '2026-11-20T22:00:01Z'];
    if (name === 'lastEntry') return 999;
    if (/Bytes|Packets/.test(name) && value === undefined) return 1;
    if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value) + 1n;
    return Array.isArray(value) ? ['x'] : `${String(value)}x`;
  };

  const endpointOf = (id: string) => (id === ID.gina || id === ID.hugo ? BETA : id === ID.ida ? GAMMA : ALPHA);

  const ids = () => [...whole.connections.keys()].filter((id) => !id.startsWith('#'));

  /** Those by which an item is found or read: one at a time. */
  const APART = ['endpointId', 'establishedAt', 'firstSeenAt', 'lastEntry', 'expiresAt'];

  /** Attributes that are changed together in one connection. */
  const groups = (): string[][] => {
    const names = attributes().filter((name) => !APART.includes(name));
    const together = Array.from({ length: Math.ceil(names.length / 4) }, (_, index) =>
      names.slice(4 * index, 4 * index + 4),
    );
    return [...APART.map((name) => [name]), ...together];
  };

  /** Tampers with another group of attributes in each connection, until each has had all of them. */
  async function expectAllFound(
    tamper: (item: Item, field: string) => { item: Item; found: string | undefined } | undefined,
  ): Promise<void> {
    const all = groups();
    expect(all.flat().length).toBeGreaterThan(35);
    for (const turn of all.keys()) {
      const trail = whole.copy();
      const expected = ids().flatMap((connectionId, index) => {
        const endpointId = endpointOf(connectionId);
        return (all[(turn + index) % all.length] ?? []).flatMap((name): NamedFault[] => {
          const done = tamper(trail.connections.get(connectionId) ?? {}, name);
          if (!done) return [];
          trail.connections.set(connectionId, done.item);
          const field = done.found === undefined ? {} : { field: done.found };
          return [wrong('connection-changed', 'store', { endpointId, connectionId, ...field })];
        });
      });
      expect((await trail.faults()).faults).toEqual(expected.sort(inFaultOrder));
    }
  }

  it('every attribute that is changed is found and named, and nothing else', () =>
    expectAllFound((item, field) => ({ item: { ...item, [field]: other(field, item[field]) }, found: field })));

  it('every attribute that is removed is found and named, and nothing else', () =>
    expectAllFound((item, field) => {
      const { [field]: removed, ...left } = item;
      if (removed === undefined) return undefined;
      const isReadable = !['establishedAt', 'endpointId', 'firstSeenAt', 'lastEntry'].includes(field);
      return { item: left, found: isReadable ? field : undefined };
    }));
});

describe('of a trail with an odd connection', () => {
  it('a watermark that keeps questions from it is found, also where only a part is verified', async () => {
    const odd = await RecordedTrail.start();
    try {
      odd.rows = { [ALPHA]: [activeRow(ID.anna, '2026-11-20 07:00:00')] };
      await odd.record();
      odd.rows = { [ALPHA]: [activeRow(ID.anna, '2027-01-01 00:00:00')] };
      await odd.recordTimes(2);
      const tampered = await TamperedTrail.of(odd);
      expect((await tampered.faults()).faults).toEqual([]);
      tampered.change(tampered.watermarkKey(ALPHA), { noneOdd: true });
      // By what the log gives, and by the connection that is there.
      expect((await tampered.faults()).faults).toEqual([mark('noneOdd'), mark('noneOdd')]);
      expect((await tampered.faults({ since: '2026-11-20T08:10:00Z' })).faults).toEqual([mark('noneOdd')]);
      tampered.remove(ID.anna);
      const removed = wrong('connection-removed', 'store', { endpointId: ALPHA, connectionId: ID.anna });
      expect((await tampered.faults()).faults).toEqual([removed, mark('noneOdd')]);
    } finally {
      await odd.close();
    }
  });
});
