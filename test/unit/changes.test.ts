import { describe, expect, it } from 'vitest';
import { type Change, changesBetween, type SnapshotRows } from '../../lambda/trail/changes.ts';
import type { Elements } from '../../lambda/trail/element.ts';
import { connectionIdOf } from '../../lambda/trail/row.ts';
import { type Manifest, sortRows } from '../../lambda/trail/snapshot.ts';
import { activeRow, endedRow } from '../support/recording/recorded-trail.ts';

const alice = activeRow('cvpn-connection-0a', '2026-11-20 07:55:00');
const bob = activeRow('cvpn-connection-0b', '2026-11-20 07:56:00');

/** A snapshot finished at `f`, its rows in stretches of the size. */
function snapshot(f: string, rows: readonly Elements[], size = 6000): SnapshotRows {
  const stored = sortRows(rows.map((row) => ({ id: connectionIdOf(row), line: JSON.stringify(row) })));
  const stretches = Array.from({ length: Math.ceil(stored.length / size) }, (_, index) =>
    stored.slice(index * size, (index + 1) * size),
  );
  return { manifest: { endpointId: 'cvpn-endpoint-0aaaaaaaaaaaaaaaa', f } as Manifest, rows: stretches };
}

/** The changes from some rows to others five minutes later. */
function changes(before: readonly Elements[], now: readonly Elements[], size?: number): Promise<Change[]> {
  return Array.fromAsync(
    changesBetween(snapshot('2026-11-20T08:00:00Z', before, size), snapshot('2026-11-20T08:05:00Z', now, size)),
  );
}

describe('a connection that two snapshots list', () => {
  it.each<Elements>([
    { timestamp: '2026-11-20 08:05:00' },
    { ingressBytes: '1' },
    { egressBytes: '1' },
    { ingressPackets: '1' },
    { egressPackets: '1' },
    { authorizationPolicyLastEvaluatedTime: '2026-11-20 08:05:00' },
    { invented: 'x' },
    { commonName: '' },
  ])('has not changed with %j alone', async (more) => {
    expect(await changes([alice], [{ ...alice, ...more }])).toEqual([]);
  });

  it.each<Elements>([
    { status: { code: 'terminating' } },
    { status: { code: 'active', message: 'Soon over.' } },
    { connectionEstablishedTime: '2026-11-20 07:54:00' },
    { connectionEndTime: '2026-11-20 08:04:00' },
    { username: 'alice' },
    { commonName: 'bob.example.com' },
    { clientIp: '172.31.0.9' },
    { clientIpv6Address: '2001:db8::9' },
    { postureComplianceStatusSet: ['compliant'] },
  ])('has changed with %j', async (more) => {
    expect(await changes([alice], [{ ...alice, ...more }])).toMatchObject([
      { kind: 'changed', id: 'cvpn-connection-0a', previous: { status: 'active' } },
    ]);
  });

  const posture = (...postureComplianceStatusSet: string[]) => ({ postureComplianceStatusSet });
  it.each<[before: Elements, now: Elements]>([
    [{ status: { code: 'active', message: 'x' } }, {}],
    [posture('a', 'b'), posture('b', 'a')],
    [posture('a'), posture('a', 'b')],
  ])('has changed from %j to %j', async (before, now) => {
    expect(await changes([{ ...alice, ...before }], [{ ...alice, ...now }])).toMatchObject([{ kind: 'changed' }]);
  });

  it.each([
    ['2026-11-19 08:00:00', 0],
    ['2026-11-19 08:00:01', 1],
    ['2026-11-19 08:05:00', 1],
    ['2026-11-19 08:05:01', 0],
  ])('and was established at %s has grown 24 hours old in between: %i', async (established, count) => {
    const row = { ...alice, connectionEstablishedTime: established };
    expect(await changes([row], [{ ...row, ingressBytes: '9' }])).toHaveLength(count);
    const iso = { ...alice, connectionEstablishedTime: established.replace(' ', 'T') };
    expect(await changes([iso], [{ ...iso, ingressBytes: '9' }])).toHaveLength(count);
    const ended = endedRow(row, '2026-11-20 07:59:00');
    expect(await changes([ended], [ended])).toEqual([]);
  });
});

describe('a connection that one snapshot lists', () => {
  it('is sighted, or has vanished unless it had ended', async () => {
    expect(await changes([], [alice])).toMatchObject([{ kind: 'sighted', id: 'cvpn-connection-0a' }]);
    expect(await changes([alice, endedRow(bob, '2026-11-20 07:59:00')], [])).toMatchObject([
      { kind: 'vanished', id: 'cvpn-connection-0a', previous: { commonName: 'alice.example.com' } },
    ]);
  });

  it('is nothing where its row has no id', async () => {
    const nameless = { ...alice, connectionId: '-' };
    expect(await changes([nameless], [bob])).toMatchObject([{ kind: 'sighted', id: 'cvpn-connection-0b' }]);
    expect(await changes([bob], [nameless, bob])).toEqual([]);
  });
});

describe('a row that names another endpoint', () => {
  const other = { ...alice, clientVpnEndpointId: 'cvpn-endpoint-0bbbbbbbbbbbbbbbb' };
  const ended = endedRow(other, '2026-11-20 08:04:00');

  it('is no row of this endpoint’s connections, whatever else it says', async () => {
    expect(await changes([], [other])).toEqual([]);
    expect(await changes([other], [ended])).toEqual([]);
    expect(await changes([other], [])).toEqual([]);
    expect(await changes([alice], [alice, ended])).toEqual([]);
  });

  it('stands for none of them: a connection that only it names is not listed', async () => {
    expect(await changes([alice], [other])).toMatchObject([{ kind: 'vanished', id: 'cvpn-connection-0a' }]);
    expect(await changes([other], [alice])).toMatchObject([{ kind: 'sighted', id: 'cvpn-connection-0a' }]);
  });

  it.each<Elements>([
    {
      clientVpnEndpointId: 'arn:aws:ec2:eu-central-1:123456789012:client-vpn-endpoint/cvpn-endpoint-0bbbbbbbbbbbbbbbb',
    },
    { clientVpnEndpointId: { '@unit': 'x', '#text': ' cvpn-endpoint-0bbbbbbbbbbbbbbbb' } },
  ])('is known in any form: %j', async (named) => {
    expect(await changes([], [{ ...alice, ...named }])).toEqual([]);
  });

  it.each<Elements>([
    { clientVpnEndpointId: '-' },
    { clientVpnEndpointId: 'unknown' },
    { clientVpnEndpointId: ['cvpn-endpoint-0aaaaaaaaaaaaaaaa', 'cvpn-endpoint-0bbbbbbbbbbbbbbbb'] },
    {
      clientVpnEndpointId: 'arn:aws:ec2:eu-central-1:123456789012:client-vpn-endpoint/cvpn-endpoint-0aaaaaaaaaaaaaaaa',
    },
    { invented: 'cvpn-endpoint-0bbbbbbbbbbbbbbbb' },
  ])('is not one with %j', async (named) => {
    expect(await changes([], [{ ...alice, ...named }])).toMatchObject([{ kind: 'sighted' }]);
  });
});

describe('of the rows that one snapshot has of a connection', () => {
  const winner = async (...rows: Elements[]) =>
    (await changes([], rows)).map((change) => 'row' in change && change.row);

  it('one that ended counts, though another has the later Timestamp', async () => {
    const rows = [endedRow(alice, '2026-11-20 07:59:00'), { ...alice, timestamp: '2026-11-20 08:05:00' }];
    expect(await winner(...rows)).toMatchObject([{ status: 'terminated' }]);
  });

  it('of two that ended the one that says when counts, though the other has the later Timestamp', async () => {
    const untold = { ...alice, status: { code: 'terminated' }, timestamp: '2026-11-20 08:05:00' };
    const told = endedRow(alice, '2026-11-20 07:59:00');
    for (const rows of [
      [untold, told],
      [told, untold],
    ]) {
      expect(await winner(...rows)).toMatchObject([{ endedAt: '2026-11-20T07:59:00Z' }]);
    }
  });

  it('the one with the later Timestamp counts, in whatever order their bytes are', async () => {
    const early = { timestamp: '2026-11-20 08:00:00', commonName: 'early' };
    const late = { timestamp: '2026-11-20 08:01:00', commonName: 'late' };
    for (const order of ['01', '10']) {
      // The first element to differ decides the order of the bytes.
      const rows = [early, late].map((row, index) => ({ a: order.charAt(index), ...alice, ...row }));
      expect(await winner(...rows)).toMatchObject([{ commonName: 'late' }]);
    }
  });

  it('the one with the greater bytes counts where both have the same Timestamp', async () => {
    const rows = ['172.31.0.8', '172.31.0.9'].map((clientIp) => ({ ...alice, clientIp }));
    expect(await winner(...rows)).toMatchObject([{ clientIp: '172.31.0.9' }]);
  });

  it('all are compared, wherever the stretches they are read in are cut', async () => {
    const ended = endedRow(bob, '2026-11-20 08:04:00');
    for (const size of [1, 2, 3]) {
      expect(await changes([alice, bob, bob], [alice, alice, bob, ended], size)).toMatchObject([
        { kind: 'changed', id: 'cvpn-connection-0b', row: { status: 'terminated' } },
      ]);
    }
  });
});
