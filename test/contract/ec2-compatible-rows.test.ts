import { describe, expect, test } from 'vitest';
import { connectionOf, Ec2Compatible, ENDPOINT } from '../support/servers/ec2-compatible.ts';

const ec2 = Ec2Compatible.use();

const request = `Action=DescribeClientVpnConnections&Version=2016-11-15&ClientVpnEndpointId=${ENDPOINT}`;

const ended = connectionOf('cvpn-connection-0e03eb24267165acd', {
  status: 'terminated',
  statusMessage: 'closed',
  establishedAt: '2019-08-12T07:57:14Z',
  endedAt: '2019-08-12T07:58:34Z',
  end: { kind: 'reported' },
  username: 'alice',
  commonName: 'alice.example',
  clientIp: '10.0.0.5',
  clientIpv6: 'fd00::5',
  ingressBytes: 9_007_199_254_740_993n,
  egressBytes: 5696,
  ingressPackets: 332,
  egressPackets: 0,
  postureComplianceStatuses: ['compliant', 'unknown'],
  authorizationPolicyLastEvaluatedAt: '2019-08-12T07:57:20Z',
  durationSeconds: 80,
  firstSeenAt: '2019-08-12T08:00:00Z',
});

describe('a row', () => {
  test('has every field of an ended connection in the forms that AWS gives', async () => {
    ec2.api.connections = [ended];
    expect(await ec2.connections()).toEqual([
      {
        ClientVpnEndpointId: ENDPOINT,
        Timestamp: '2019-08-12 07:58:34',
        ConnectionId: 'cvpn-connection-0e03eb24267165acd',
        Username: 'alice',
        ConnectionEstablishedTime: '2019-08-12 07:57:14',
        IngressBytes: '9007199254740993',
        EgressBytes: '5696',
        IngressPackets: '332',
        EgressPackets: '0',
        ClientIp: '10.0.0.5',
        ClientIpv6Address: 'fd00::5',
        CommonName: 'alice.example',
        Status: { Code: 'terminated', Message: 'closed' },
        ConnectionEndTime: '2019-08-12 07:58:34',
        PostureComplianceStatuses: ['compliant', 'unknown'],
        AuthorizationPolicyLastEvaluatedTime: '2019-08-12 07:57:20',
      },
    ]);
  });

  test("has its elements under AWS's names and in AWS's order", async () => {
    ec2.api.connections = [ended];
    const xml = await (await ec2.post(request)).text();
    expect(xml.replaceAll(/<requestId>[0-9a-f-]{36}<\/requestId>/g, '<requestId/>')).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<DescribeClientVpnConnectionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId/>',
        `<connections><item><clientVpnEndpointId>${ENDPOINT}</clientVpnEndpointId>`,
        '<timestamp>2019-08-12 07:58:34</timestamp><connectionId>cvpn-connection-0e03eb24267165acd</connectionId>',
        '<username>alice</username><connectionEstablishedTime>2019-08-12 07:57:14</connectionEstablishedTime>',
        '<ingressBytes>9007199254740993</ingressBytes><egressBytes>5696</egressBytes>',
        '<ingressPackets>332</ingressPackets><egressPackets>0</egressPackets>',
        '<clientIp>10.0.0.5</clientIp><clientIpv6Address>fd00::5</clientIpv6Address>',
        '<commonName>alice.example</commonName>',
        '<status><code>terminated</code><message>closed</message></status>',
        '<connectionEndTime>2019-08-12 07:58:34</connectionEndTime>',
        '<postureComplianceStatusSet><item>compliant</item><item>unknown</item></postureComplianceStatusSet>',
        '<authorizationPolicyLastEvaluatedTime>2019-08-12 07:57:20</authorizationPolicyLastEvaluatedTime>',
        '</item></connections></DescribeClientVpnConnectionsResponse>',
      ].join(''),
    );
  });

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
