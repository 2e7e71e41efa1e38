import { describe, expect, it } from 'vitest';
import { fromConnectionItem, type Item, toConnectionItem } from '../../lambda/dynamodb/connection-item.ts';
import type { Elements } from '../../lambda/trail/element.ts';
import { inRowBatches } from '../support/exports/export-sink.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { NESTED, NO_NUMBERS, tampering } from '../support/tampering/tampered-case.ts';
import { GAMMA, ID, lineOf } from '../support/tampering/tampered-names.ts';
import { richStory } from '../support/tampering/tampered-story.ts';
import { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const NOBODY = 'cvpn-endpoint-0ddddddddddddddd0';
const NEW = 'cvpn-connection-99';

describe('of the watermarks', () => {
  for (const [field, value] of Object.entries({
    entry: 3,
    slot: '2026-11-20T22:00:00Z',
    f: '2026-11-20T22:00:00Z',
    unlisted: [],
    partialAfter: ID.bob,
    noneOdd: undefined,
    networks: ['10.255.0.0/16'],
    invented: 1,
  }))
    tampering(
      `the ${field} of one`,
      // By its entry alone, the connections are ahead of it too.
      Array(field === 'entry' ? 2 : 1).fill(`store watermark-changed alpha ${field}`),
      (trail) => trail.change(trail.watermarkKey(ALPHA), { [field]: value }),
    );
  tampering('one ahead of the log', ['store watermark-changed alpha entry'], (trail) =>
    trail.change(trail.watermarkKey(ALPHA), { entry: 99 }),
  );
  tampering('one that was removed', ['store watermark-removed alpha'], (trail) =>
    trail.remove(trail.watermarkKey(ALPHA)),
  );
  tampering(
    'an earlier one, put back beside later connections',
    ['store watermark-changed alpha entry'],
    (trail, earlier) =>
      trail.change(trail.watermarkKey(ALPHA), earlier.connections.get(trail.watermarkKey(ALPHA)) ?? {}),
  );
  tampering(
    'one within an entry whose changes are not all projected',
    ['store connection-rolled-back alpha emil lastEntry'],
    (trail, earlier) => {
      const { entry, slot, s, f } = trail.manifest(ALPHA, 21);
      trail.change(trail.watermarkKey(ALPHA), { entry, slot, s, f, unlisted: [], partialAfter: ID.emil });
      trail.connections.set(ID.emil, earlier.connections.get(ID.emil) ?? {});
    },
  );
  tampering('one of no log', [`store watermark-changed ${NOBODY}`], (trail) => {
    const connectionId = trail.watermarkKey(NOBODY);
    trail.connections.set(connectionId, { connectionId, entry: 1, slot: '', s: '', f: '', unlisted: [] });
  });
});

describe('of the connections', () => {
  function invent(trail: TamperedTrail, endpointId: string, more: Item = {}): void {
    const dora = trail.connections.get(ID.dora) ?? {};
    const invented = toConnectionItem({ ...fromConnectionItem(dora), connectionId: NEW, endpointId }, undefined);
    trail.connections.set(NEW, { ...dora, ...invented, ...more });
  }

  tampering('one that was removed', ['store connection-removed alpha bob'], (trail) => trail.remove(ID.bob));
  tampering('an open one that was removed', ['store connection-removed alpha anna'], (trail) => trail.remove(ID.anna));
  tampering('an invented one', [`store connection-added alpha ${NEW}`], (trail) => invent(trail, ALPHA));
  tampering('an invented one that claims a slot of the future', [`store connection-added alpha ${NEW}`], (trail) =>
    invent(trail, ALPHA, { firstSlot: '2026-11-23T00:00:00Z' }),
  );
  tampering('an invented one of an endpoint without a log', [`store connection-added ${NOBODY} ${NEW}`], (trail) =>
    invent(trail, NOBODY),
  );
  tampering('an invented item that is none', ['store connection-changed alpha x'], (trail) =>
    trail.connections.set('x', { connectionId: 'x', endpointId: ALPHA }),
  );
  tampering('one whose last entry is no number', ['store connection-changed alpha bob lastEntry'], (trail) =>
    trail.change(ID.bob, { lastEntry: 'x' }),
  );
  for (const [index, value] of NO_NUMBERS.slice(0, 1).concat(NO_NUMBERS.slice(2)).entries())
    tampering(
      `the counter of one, number ${index} that is none`,
      ['store connection-changed alpha bob ingressBytes'],
      (trail) => trail.change(ID.bob, { ingressBytes: value }),
    );
  for (const [index, value] of NO_NUMBERS.entries())
    tampering(
      `the entry of one, number ${index} that is none`,
      ['store connection-changed alpha bob lastEntry'],
      (trail) => trail.change(ID.bob, { lastEntry: value }),
    );
  for (const members of [{ endedAt: 'x' }, { ingressBytes: 10n ** 30n }, { expiresAt: NO_NUMBERS[0] }])
    tampering(
      `the ${Object.keys(members).join()} of one`,
      [`store connection-changed alpha bob ${Object.keys(members).join()}`],
      (trail) => trail.change(ID.bob, members),
    );
  tampering('one with elements nested without end', ['store connection-changed alpha bob other'], (trail) =>
    trail.change(ID.bob, { other: NESTED }),
  );
  for (const endpointId of [BETA, NOBODY])
    tampering(`one moved to ${endpointId}`, ['store connection-changed alpha bob endpointId'], (trail) =>
      trail.change(ID.bob, { endpointId }),
    );
  tampering(
    'one that says an entry of the far future changed it, to hide what else was changed,',
    ['store connection-changed alpha bob lastEntry', 'store connection-changed alpha bob commonName'],
    (trail) => trail.change(ID.bob, { lastEntry: 1e9, commonName: 'mallory' }),
  );
  tampering(
    'one as it was before it ended, put back',
    ['store connection-rolled-back alpha bob lastEntry'],
    (trail) => {
      const { endedAt: _, end: __, ...open } = fromConnectionItem(trail.connections.get(ID.bob) ?? {});
      trail.connections.set(ID.bob, toConnectionItem({ ...open, status: 'active', lastEntry: 0 }, undefined));
    },
  );
  tampering(
    'one as it was recorded earlier, put back',
    ['store connection-rolled-back alpha emil lastEntry'],
    (trail, earlier) => trail.connections.set(ID.emil, earlier.connections.get(ID.emil) ?? {}),
  );
  tampering(
    'one that was given the address of another',
    ['store connection-changed alpha bob clientIp', 'store connection-changed alpha bob clientIpKey'],
    (trail) =>
      trail.change(ID.bob, { clientIp: '172.31.0.4', clientIpKey: trail.connections.get(ID.dora)?.clientIpKey }),
  );
  const EXCHANGED =
    'clientIp clientIpKey commonName commonNameKey endedAt establishedAt firstSeenAt firstSlot ingressBytes lastEntry lastSeenAt lastSlot start';
  tampering(
    'the contents of two, exchanged,',
    [
      ...EXCHANGED.split(' ').map((field) => `store connection-changed alpha bob ${field}`),
      'store connection-rolled-back alpha dora lastEntry',
    ],
    (trail) => {
      const [bob, dora] = [trail.connections.get(ID.bob) ?? {}, trail.connections.get(ID.dora) ?? {}];
      trail.connections.set(ID.bob, { ...dora, connectionId: ID.bob });
      trail.connections.set(ID.dora, { ...bob, connectionId: ID.dora });
    },
  );
});

describe('of every connection', () => {
  const other = (name: string, value: unknown): unknown => {
    if (name === 'expiresAt') return 1_700_000_000;
    if (name === 'endBetween') return ['2026-11-20T22:00:00Z', '2026-11-20T22:00:01Z'];
    if (name === 'lastEntry') return 999;
    if (/Bytes|Packets/.test(name) && value === undefined) return 1;
    if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value) + 1n;
    return Array.isArray(value) ? ['x'] : `${String(value)}x`;
  };

  const endpointOf = (id: string) => (id === ID.gina || id === ID.hugo ? BETA : id === ID.ida ? GAMMA : ALPHA);

  /** Those by which an item is found or read: one at a time. */
  const APART = ['endpointId', 'establishedAt', 'firstSeenAt', 'lastEntry', 'expiresAt'];

  /** Attributes that are changed together in one connection: all but the key. */
  function groupsOf(items: readonly Item[]): string[][] {
    const names = new Set([...items.flatMap((item) => Object.keys(item)), 'invented']);
    const left = [...names].filter((name) => name !== 'connectionId' && !APART.includes(name));
    return [...APART.map((name) => [name]), ...inRowBatches(left, 4)];
  }

  /** Tampers with another group of attributes in each connection, until each has had all of them. */
  async function expectAllFound(
    tamper: (item: Item, field: string) => { item: Item; found: string | undefined } | undefined,
  ): Promise<void> {
    const { whole } = await richStory();
    const connections = [...whole.connections].filter(([id]) => !id.startsWith('#'));
    const all = groupsOf(connections.map(([, item]) => item));
    expect(all.flat().length).toBeGreaterThan(35);
    for (const turn of all.keys()) {
      const trail = whole.copy();
      const expected = connections.flatMap(([connectionId], index) =>
        (all[(turn + index) % all.length] ?? []).flatMap((name) => {
          const done = tamper(trail.connections.get(connectionId) ?? {}, name);
          if (!done) return [];
          trail.connections.set(connectionId, done.item);
          const place = { endpointId: endpointOf(connectionId), connectionId, field: done.found };
          return [lineOf({ kind: 'connection-changed', place: 'store', ...place })];
        }),
      );
      expect((await trail.faults()).faults).toEqual(expected.sort());
    }
  }

  it('every attribute that is changed is found and named, and nothing else', () =>
    expectAllFound((item, field) => ({ item: { ...item, [field]: other(field, item[field]) }, found: field })));

  it('every attribute that is removed is found and named, and nothing else', () =>
    expectAllFound((item, field) => {
      const { [field]: removed, ...left } = item;
      if (removed === undefined) return undefined;
      return { item: left, found: field };
    }));
});

describe('of a trail with an odd connection', () => {
  it('a watermark that keeps questions from it is found, also where only a part is verified', async () => {
    const odd = await RecordedTrail.start();
    odd.rows = { [ALPHA]: [activeRow(ID.anna, '2026-11-20 07:00:00')] };
    await odd.record();
    odd.rows = { [ALPHA]: [activeRow(ID.anna, '2027-01-01 00:00:00')] };
    await odd.recordTimes(2);
    await odd.close();
    const tampered = await TamperedTrail.of(odd);
    expect((await tampered.faults()).faults).toEqual([]);
    tampered.change(tampered.watermarkKey(ALPHA), { noneOdd: true });
    const mark = 'store watermark-changed alpha noneOdd';
    // By what the log gives, and by the connection that is there.
    expect((await tampered.faults()).faults).toEqual([mark, mark]);
    expect((await tampered.faults({ since: '2026-11-20T08:10:00Z' })).faults).toEqual([mark]);
    tampered.remove(ID.anna);
    expect((await tampered.faults()).faults).toEqual(['store connection-removed alpha anna', mark]);
  });
});

describe('of a trail of connections about which AWS changed its mind', () => {
  /** Attributes that only such connections have, each with another value of its kind. */
  const OTHERS: Readonly<Record<string, unknown>> = {
    former: [{ commonName: 'eve', between: ['2026-11-20T07:59:00Z', '2026-11-20T08:05:00Z'] }],
    sharesAddress: false,
    contradictions: 7,
    firstEndedAt: '2026-11-20T08:01:00Z',
    connectedAgainAt: '2026-11-20T08:11:11Z',
    establishedAfter: '2026-11-20T06:00:00Z',
    establishedAtIsFirstSight: false,
    unlistedSince: '2026-11-20T08:11:11Z',
    surelyUntil: '2026-11-20T08:11:11Z',
    endBetween: ['2026-11-20T08:01:00Z', '2026-11-20T08:02:00Z'],
  };

  it('each attribute that says so is found and named, changed, removed or added', async () => {
    const odd = await RecordedTrail.start();
    const list = (...rows: Elements[]) => Object.assign(odd, { rows: { [ALPHA]: rows } });
    const [anna, bob, carl, dora, emil, fred] = [ID.anna, ID.bob, ID.carl, ID.dora, ID.emil, ID.fred].map((id) =>
      activeRow(id, '2026-11-20 07:00:00'),
    ) as [Elements, Elements, Elements, Elements, Elements, Elements];
    const shared = { ...carl, clientIp: bob.clientIp ?? '' };
    const unstated = { ...dora, connectionEstablishedTime: '' };
    list(anna, bob, unstated, emil, fred);
    await odd.record();
    list({ ...anna, commonName: 'other' }, bob, shared, unstated, endedRow(emil, '2026-11-20 08:03:00'), fred);
    await odd.recordTimes(1);
    list({ ...anna, commonName: 'other' }, shared, unstated, emil, endedRow(fred, '-'));
    await odd.recordTimes(1);
    await odd.close();
    const whole = await TamperedTrail.of(odd);
    expect((await whole.faults()).faults).toEqual([]);
    const has = (name: string) => [...whole.connections].filter(([, item]) => item[name] !== undefined);
    for (const [name, other] of Object.entries(OTHERS)) {
      const [one] = has(name);
      const lacking = [...whole.connections].find(([id, item]) => !id.startsWith('#') && item[name] === undefined);
      if (!one || !lacking) throw new Error(`no connection has, or all have ${name}`);
      const { [name]: _, ...left } = one[1];
      const tampered = [
        [one[0], { ...one[1], [name]: other }],
        [one[0], left],
        [lacking[0], { ...lacking[1], [name]: one[1][name] }],
      ] as const;
      for (const [id, item] of tampered) {
        const trail = whole.copy();
        trail.connections.set(id, item);
        const place = { endpointId: ALPHA, connectionId: id, field: name };
        expect((await trail.faults()).faults).toEqual([
          lineOf({ kind: 'connection-changed', place: 'store', ...place }),
        ]);
      }
    }
  });
});
