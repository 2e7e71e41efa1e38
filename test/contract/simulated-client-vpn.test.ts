import { DescribeClientVpnConnectionsCommand, DescribeClientVpnEndpointsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { startSimulatedClientVpn } from '../../local/simulated-client-vpn/server.ts';
import { loopbackEc2, numbered, SimulatedEc2 } from '../support/servers/ec2-compatible.ts';

const ec2 = SimulatedEc2.use();

describe('what the SDK receives', () => {
  test('names with characters that XML reserves arrive as they are', async () => {
    const names = [`R&D <lab> "one" 'two'`, '&amp;lt; is not <', 'Zoë Núñez 李雷 👩‍💻', ']]>', 'a\tb', 'a\r\nb'];
    ec2.rows = names.map((commonName) => ({ commonName }));
    expect((await ec2.connections())?.map(({ CommonName }) => CommonName)).toEqual(names);
  });

  test('characters that XML forbids arrive as the replacement character, and the rest of the list survives', async () => {
    ec2.rows = [{ commonName: 'a\u0000b\u001Fc\uFFFEd\uD800e' }, { commonName: 'next' }];
    expect((await ec2.connections())?.map(({ CommonName }) => CommonName)).toEqual(['a�b�c�d�e', 'next']);
  });

  test("the company's endpoints arrive with their three kinds of authentication", async () => {
    ec2.world = simulatedCompany({ seed: 7 });
    const endpoints = (await ec2.endpoints()) ?? [];
    const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/.source;
    const certificate = expect.stringMatching(`^arn:aws:acm:eu-central-1:123456789012:certificate/${uuid}$`);
    expect(endpoints.map(({ AuthenticationOptions }) => AuthenticationOptions)).toEqual([
      [
        {
          Type: 'directory-service-authentication',
          ActiveDirectory: { DirectoryId: expect.stringMatching(/^d-[0-9a-f]{10}$/) },
        },
      ],
      [{ Type: 'certificate-authentication', MutualAuthentication: { ClientRootCertificateChain: certificate } }],
      [
        {
          Type: 'federated-authentication',
          FederatedAuthentication: { SamlProviderArn: 'arn:aws:iam::123456789012:saml-provider/CompanySignOn' },
        },
      ],
    ]);
    expect(endpoints[2]).toMatchObject({
      ClientVpnEndpointId: expect.stringMatching(/^cvpn-endpoint-[0-9a-f]{17}$/),
      Description: 'Partners and contractors, by single sign-on',
      Status: { Code: 'available' },
      CreationTime: '2019-10-11T07:40:31',
      DnsName: expect.stringMatching(/^\*\.cvpn-endpoint-[0-9a-f]{17}\.prod\.clientvpn\.eu-central-1\.amazonaws\.com$/),
      ClientCidrBlock: '10.100.0.0/22',
      DnsServers: ['10.0.0.2', '10.0.1.2'],
      SplitTunnel: true,
      VpnProtocol: 'openvpn',
      TransportProtocol: 'tcp',
      VpnPort: 443,
      ServerCertificateArn: certificate,
      ConnectionLogOptions: { Enabled: false },
      Tags: [{ Key: 'Name', Value: 'partners' }],
      SecurityGroupIds: [expect.stringMatching(/^sg-[0-9a-f]{17}$/)],
      VpcId: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
      ClientConnectOptions: {
        Enabled: true,
        LambdaFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:AWSClientVPN-device-posture',
        Status: { Code: 'applied' },
      },
      SessionTimeoutHours: 24,
      ClientLoginBannerOptions: { Enabled: false },
      ClientRouteEnforcementOptions: { Enforced: false },
      DisconnectOnSessionTimeout: false,
      EndpointIpAddressType: 'ipv4',
      TrafficIpAddressType: 'ipv4',
    });
  });

  test('each account sees its own endpoints, in the Region that it asks', async () => {
    const accounts: Record<string, string> = { first: '123456789012', second: '111122223333' };
    const server = await startSimulatedClientVpn({
      world: simulatedCompany({ seed: 7, accounts: true }),
      // A Friday.
      now: () => new Date('2026-11-20T14:03:00Z'),
      accountOf: (accessKeyId) => accounts[accessKeyId],
    });
    const ask = async (accessKeyId: string, region: string) => {
      const client = loopbackEc2(server.url, { region, credentials: { accessKeyId, secretAccessKey: 'any' } });
      const { ClientVpnEndpoints = [] } = await client.send(new DescribeClientVpnEndpointsCommand({}));
      const [partners] = ClientVpnEndpoints.slice(-1);
      const ClientVpnEndpointId = partners?.ClientVpnEndpointId;
      const { Connections } = ClientVpnEndpointId
        ? await client.send(new DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId }))
        : {};
      return { names: ClientVpnEndpoints.map(({ Tags }) => Tags?.[0]?.Value), ClientVpnEndpointId, Connections };
    };
    try {
      expect((await ask('first', 'eu-central-1')).names).toEqual(['employees', 'engineering']);
      expect((await ask('first', 'us-east-1')).names).toEqual([]);
      const second = await ask('second', 'us-east-1');
      expect(second.names).toEqual(['partners']);
      expect(second.Connections).not.toEqual([]);
      await expect(ask('third', 'us-east-1')).rejects.toThrow(
        'AWS was not able to validate the provided access credentials',
      );
      const stranger = loopbackEc2(server.url, { credentials: { accessKeyId: 'first', secretAccessKey: 'any' } });
      const asked = stranger.send(
        new DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId: second.ClientVpnEndpointId }),
      );
      await expect(asked).rejects.toThrow(/InvalidClientVpnEndpointId.NotFound|does not exist/);
    } finally {
      await server.close();
    }
  });

  test('a filter that AWS does not have, and a trail has, is refused', async () => {
    for (const name of ['client-ip', 'status', 'at']) {
      await expect(ec2.ids([name, 'now'])).rejects.toThrow(`The filter '${name}' is invalid`);
    }
  });

  test('rows that come and go between two pages neither repeat nor hide another row', async () => {
    const [gone, ...others] = numbered(12);
    ec2.rows = [gone ?? {}, ...others];
    const { Connections, NextToken } = await ec2.page({ MaxResults: 5 });
    const last = Connections?.at(-1)?.ConnectionId;
    ec2.rows = [{ connectionId: 'c-0000a' }, ...others.filter(({ connectionId }) => connectionId !== last)];
    const rest = await ec2.connections({ NextToken });
    expect(rest?.map(({ ConnectionId }) => ConnectionId)).toEqual(others.slice(4).map((row) => row.connectionId));
  });

  test('rows without an id, or with the same one, are each given once too', async () => {
    ec2.rows = [{}, {}, { connectionId: 'b' }, {}, { connectionId: 'a' }, { connectionId: 'a' }, {}];
    expect((await ec2.walk(5)).flat()).toEqual([undefined, undefined, 'b', undefined, 'a', 'a', undefined]);
  });
});
