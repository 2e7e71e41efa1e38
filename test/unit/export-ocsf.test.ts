import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OCSF_ATTRIBUTES } from '../../lambda/export/formats/ocsf-attributes.ts';
import { memberOf } from '../../lambda/export/formats/records.ts';
import { fromJson } from '../../lambda/query/json.ts';
import { type ConnectionAnswer, connection } from '../../lambda/query/schemas/connection.ts';
import { AWKWARD_CONNECTIONS, anyConnection, barest } from '../support/exports/export-connections.ts';
import { written } from '../support/exports/export-sink.ts';
import { faultsOfEvent } from '../support/exports/ocsf-faults.ts';
import { connectionNumber } from '../support/search/api-answers.ts';

type Event = Record<string, Record<string, unknown> | undefined> & { readonly [name: string]: unknown };

async function eventsOf(...connections: ConnectionAnswer[]): Promise<Event[]> {
  const lines = (await written('ocsf', connections)).toString().split('\n').slice(0, -1);
  return lines.map((line) => fromJson(line) as Event);
}

describe('an OCSF event, by the rules of OCSF 1.3.0', () => {
  it('has what class 4014 requires, and nothing that is unknown or of another type or number, whatever AWS says', async () => {
    expect((await eventsOf(...AWKWARD_CONNECTIONS)).flatMap(faultsOfEvent)).toEqual([]);
    await fc.assert(
      fc.asyncProperty(anyConnection, async (any) => {
        expect((await eventsOf(any)).flatMap(faultsOfEvent)).toEqual([]);
      }),
    );
  });

  const none = { session: undefined, src_endpoint: undefined, tunnel_interface: undefined, traffic: undefined };
  it.each<[what: string, changes: Record<string, unknown>, fault: string]>([
    ['an unknown attribute', { colour: 'red' }, 'colour is not known'],
    ['an unknown attribute of an object', { session: { colour: 'red' } }, 'session.colour is not known'],
    ['no time', { time: undefined }, 'time is missing'],
    ['no type of the interface', { tunnel_interface: { ip: '10.0.0.1' } }, 'tunnel_interface.type_id is missing'],
    ['nothing of a tunnel', none, 'event has none of connection_info, session, src_endpoint'],
    ['a user without a name', { user: {} }, 'user has none of account, name, uid'],
    ['a text for a time', { time: '2026-11-22' }, 'time is no timestamp_t'],
    ['microseconds', { time: Date.UTC(2026, 10, 22) * 1000 }, 'time is no timestamp_t'],
    ['a text for an object', { session: 'x' }, 'session is no object'],
    ['a list for an object', { unmapped: [] }, 'unmapped is no free_object'],
    ['a name for an address', { src_endpoint: { ip: 'x' } }, 'src_endpoint.ip is no ip_t'],
    ['a counter beyond 64 bits', { traffic: { bytes_in: 2n ** 63n } }, 'traffic.bytes_in is no long_t'],
    ['a number beyond 32 bits', { timezone_offset: 2 ** 31 }, 'timezone_offset is no integer_t'],
    ['a text beyond the longest', { status_code: 'x'.repeat(65_536) }, 'status_code is no string_t'],
    ['a number for a name', { user: { name: 1 } }, 'user.name is no username_t'],
    ['a text for a truth value', { session: { is_vpn: 'true' } }, 'session.is_vpn is no boolean_t'],
    ['a text for a list', { metadata: { profiles: 'cloud' } }, 'metadata.profiles is no list'],
    ['a severity that is none', { severity_id: 7 }, 'severity_id is none of 0, 1, 2'],
    ['the name of another status', { status: 'Failure' }, 'status is not the name of status_id 1'],
    ['the type of another activity', { activity_id: 2 }, 'type_uid is not of class_uid and activity_id'],
    ['another version', { metadata: { version: '1.8.0' } }, 'metadata.version is not 1.3.0'],
  ])('is found wrong with %s', async (_, changes, fault) => {
    const [event = {}] = await eventsOf(connectionNumber(1));
    const changed = Object.entries({ ...event, ...changes }).filter(([, value]) => value !== undefined);
    expect(faultsOfEvent(Object.fromEntries(changed))).toContainEqual(expect.stringContaining(fault));
  });
});

describe('the OCSF events of a connection', () => {
  it('are its Open and its Close, at the times AWS reported', async () => {
    const events = await eventsOf(connectionNumber(1));
    expect(events.map(({ activity_id, type_uid, time, status }) => [activity_id, type_uid, time, status])).toEqual([
      [1, 401401, Date.UTC(2026, 10, 22, 13), 'Success'],
      [2, 401402, Date.UTC(2026, 10, 22, 14), 'Success'],
    ]);
    expect(new Set(events.map(({ metadata }) => metadata?.uid)).size).toBe(2);
  });

  it('count bytes from the side of the client: what it sent is out', async () => {
    const counters = { ingressBytes: 11, egressBytes: 22, ingressPackets: 1, egressPackets: 2 };
    const [open, close] = await eventsOf(connectionNumber(1, counters));
    expect(open?.traffic).toBeUndefined();
    expect(close?.traffic).toEqual({ bytes_in: 22, bytes_out: 11, packets_in: 2, packets_out: 1 });
  });

  it('keep a counter that no long holds exact, beside the traffic', async () => {
    const [, close] = await eventsOf(connectionNumber(1, { ingressBytes: 2n ** 63n, egressBytes: 2n ** 63n - 1n }));
    expect(close?.traffic).toMatchObject({ bytes_in: 2n ** 63n - 1n });
    expect(close?.traffic).not.toHaveProperty('bytes_out');
    expect(close?.unmapped).toMatchObject({ ingressBytes: 2n ** 63n });
  });

  it('mark an end that is inferred, and take the earliest time', async () => {
    const between: [string, string] = ['2026-11-22T13:58:00Z', '2026-11-22T14:30:00Z'];
    const { endedAt: _, ...unended } = connectionNumber(1);
    const [open, close] = await eventsOf({ ...unended, end: { kind: 'inferred', between } });
    expect(close).toMatchObject({ time: Date.parse(between[0]), status: 'Unknown', status_id: 0 });
    expect(close?.status_detail).toContain(`inferred, from ${between.join(' to ')}`);
    expect(close?.unmapped).toMatchObject({ end: { kind: 'inferred', between } });
    expect(open).toMatchObject({ status: 'Success' });
    expect(open?.status_detail).toBeUndefined();
  });

  it('mark an Open that is only a first sight; an open connection has no Close, and loses nothing', async () => {
    const events = await eventsOf({ ...barest('cvpn-connection-1'), status: 'active', ingressBytes: 5 });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      activity_name: 'Open',
      status_code: 'active',
      status_detail: expect.stringContaining('the latest that it can be'),
      unmapped: { establishedAtIsFirstSight: true, ingressBytes: 5 },
    });
    expect(events[0]).not.toHaveProperty('user');
    expect(events[0]).not.toHaveProperty('traffic');
  });

  it('have a place for every member of a connection', () => {
    const kinds = ['Open', 'Close'] as const;
    const members = OCSF_ATTRIBUTES.flatMap(({ path }) => kinds.map((kind) => memberOf('ocsf', path, kind)));
    expect(members).toEqual(expect.arrayContaining(Object.keys(connection.shape)));
  });
});
