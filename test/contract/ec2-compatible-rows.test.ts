import { describe, expect, test } from 'vitest';
import { connectionOf, Ec2Compatible, ENDPOINT } from '../support/servers/ec2-compatible.ts';

const ec2 = Ec2Compatible.use();

const request = `Action=DescribeClientVpnConnections&Version=2016-11-15&ClientVpnEndpointId=${ENDPOINT}`;

describe('a row', () => {
  test('of an open connection has the time of its last update, and - for its end', async () => {
    ec2.api.connections = [connectionOf('c-1', { status: 'active', timestamp: '2026-11-20T09:00:00Z' })];
    expect(await ec2.connections()).toEqual([
      {
        ClientVpnEndpointId: ENDPOINT,
        Timestamp: '2026-11-20 09:00:00',
        ConnectionId: 'c-1',
        ConnectionEstablishedTime: '2026-11-20 08:00:00',
        Status: { Code: 'active' },
        ConnectionEndTime: '-',
      },
    ]);
  });

  test('has no establishment time where that is only the first sight, and no status where AWS gave none', async () => {
    ec2.api.connections = [connectionOf('c-1', { establishedAtIsFirstSight: true })];
    expect(await ec2.connections()).toEqual([
      { ClientVpnEndpointId: ENDPOINT, ConnectionId: 'c-1', ConnectionEndTime: '-' },
    ]);
  });

  test('of an end that was inferred claims neither a time nor that it is open, and tells the bounds', async () => {
    const between: [string, string] = ['2026-11-20T09:00:00Z', '2026-11-20T10:02:00Z'];
    ec2.api.connections = [connectionOf('c-1', { status: 'active', end: { kind: 'inferred', between } })];
    const [row] = (await ec2.connections()) ?? [];
    expect(row).not.toHaveProperty('ConnectionEndTime');
    expect(row?.Status).toEqual({
      Code: 'terminated',
      Message: "Inferred, AWS's last word was active: ended between 2026-11-20 09:00:00 and 2026-11-20 10:02:00",
    });
  });

  test('keeps the elements that this version does not know, as AWS gave them', async () => {
    const other = { deviceTrust: { level: '3', checks: ['a', 'b'] }, status: { since: '1' }, note: '', 'a b': 'x' };
    ec2.api.connections = [connectionOf('c-1', { status: 'active', other })];
    const xml = await (await ec2.post(request)).text();
    expect(xml).toContain(
      [
        '<status><code>active</code><since>1</since></status><connectionEndTime>-</connectionEndTime>',
        '<deviceTrust><level>3</level><checks><item>a</item><item>b</item></checks></deviceTrust><note/></item>',
      ].join(''),
    );
  });
});
