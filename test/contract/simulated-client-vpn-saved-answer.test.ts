import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseSavedAnswer } from '../../local/simulated-client-vpn/saved-answer.ts';
import { ENDPOINT, NOW, SimulatedEc2 } from '../support/servers/ec2-compatible.ts';

const ec2 = SimulatedEc2.use();

const savedAnswer = readFileSync(new URL('../fixtures/describe-client-vpn-connections.json', import.meta.url), 'utf8');

const serve = (text: string) => {
  ec2.world = parseSavedAnswer(text, 'saved.json');
};

describe('a saved answer', () => {
  test("of AWS's own example is served as it was, however long ago it was", async () => {
    serve(savedAnswer);
    expect(await ec2.connections({ ClientVpnEndpointId: 'cvpn-endpoint-123456789123abcde' })).toEqual(
      JSON.parse(savedAnswer).Connections,
    );
  });

  test('has the endpoints that its rows name, as old as the rows and with room for their addresses', async () => {
    serve(savedAnswer);
    expect(await ec2.endpoints()).toMatchObject([
      {
        ClientVpnEndpointId: 'cvpn-endpoint-123456789123abcde',
        CreationTime: '2019-08-12T07:57:14',
        ClientCidrBlock: '172.31.0.0/16',
        ServerCertificateArn: expect.stringContaining(':123456789012:certificate/'),
      },
    ]);
  });

  test('with addresses far apart has a block that holds them all', () => {
    const saved = ['10.1.0.4', '10.6.2.1'].map((ClientIp) => ({ ClientVpnEndpointId: ENDPOINT, ClientIp }));
    serve(JSON.stringify({ Connections: saved }));
    expect(ec2.world.endpoints(NOW)).toMatchObject([{ clientCidrBlock: '10.0.0.0/13' }]);
  });

  test('keeps lists, IPv6 addresses and fields that nobody knows yet, under the names of the wire', async () => {
    const lists = { PostureComplianceStatuses: ['compliant'], ClientIpv6Address: 'fd00::1' };
    const known = { ClientVpnEndpointId: ENDPOINT, ...lists };
    serve(JSON.stringify({ Connections: [{ ...known, DeviceTrust: { Level: 3, Managed: true }, Username: null }] }));
    expect(await ec2.connections()).toEqual([known]);
    const answer = await ec2.post(`Action=DescribeClientVpnConnections&ClientVpnEndpointId=${ENDPOINT}`);
    const xml = await answer.text();
    expect(xml).toContain('<deviceTrust><level>3</level><managed>true</managed></deviceTrust>');
    expect(xml).not.toContain('username');
  });

  test.each([
    ['not JSON', 'Connections:', 'is not JSON'],
    ['a bare list', '[]', 'expected object'],
    ['another command', '{"Reservations":[]}', 'at Connections'],
    ['a row of no endpoint', '{"Connections":[{"ConnectionId":"c"}]}', 'expected a ClientVpnEndpointId'],
    ['a field that no element can be named after', '{"Connections":[{"ClientVpnEndpointId":"e","a b":""}]}', 'a b'],
  ])('that is %s is refused with the name of the file and what was expected', (_, text, reason) => {
    expect(() => parseSavedAnswer(text, 'saved.json')).toThrow(reason);
    expect(() => parseSavedAnswer(text, 'saved.json')).toThrow(
      /^saved\.json.*expected what "aws ec2 describe-client-vpn-connections/,
    );
  });
});
