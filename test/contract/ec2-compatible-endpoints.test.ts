import { DescribeClientVpnEndpointsCommand } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { startSimulatedClientVpn } from '../../local/simulated-client-vpn/server.ts';
import { Ec2Compatible, loopbackEc2, NOW } from '../support/servers/ec2-compatible.ts';

const ec2 = Ec2Compatible.use();
const world = simulatedCompany({ seed: 7 });
const descriptions = world.endpoints(NOW).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));

function idOf(description: object): string {
  return (description as { clientVpnEndpointId: string }).clientVpnEndpointId;
}

beforeEach(() => {
  ec2.api.endpoints = descriptions
    .map((description) => ({ endpointId: idOf(description), state: 'open' as const, description }))
    .toReversed();
});

describe('endpoints', () => {
  test('are what AWS says of them, field by field, by id', async () => {
    const simulated = await startSimulatedClientVpn({ world, now: () => NOW });
    const aws = loopbackEc2(simulated.url);
    const { ClientVpnEndpoints = [] } = await aws.send(new DescribeClientVpnEndpointsCommand({}));
    const byId = ClientVpnEndpoints.sort((a, b) =>
      (a.ClientVpnEndpointId ?? '') < (b.ClientVpnEndpointId ?? '') ? -1 : 1,
    );
    expect(await ec2.endpoints()).toEqual(byId);
    expect(byId).toHaveLength(3);
    aws.destroy();
    await simulated.close();
  });

  test('stay when they are deleted, as AWS described them last; without a description there is the id', async () => {
    const [first] = descriptions;
    ec2.api.endpoints = [
      { endpointId: 'cvpn-endpoint-0f', state: 'not-recorded-yet' },
      {
        endpointId: 'cvpn-endpoint-0a',
        state: 'closed',
        closedBecause: 'endpoint-deleted',
        description: { ...first, clientVpnEndpointId: 'cvpn-endpoint-0a' },
      },
    ];
    expect(await ec2.endpoints()).toEqual([
      expect.objectContaining({ ClientVpnEndpointId: 'cvpn-endpoint-0a', Status: { Code: 'available' } }),
      { ClientVpnEndpointId: 'cvpn-endpoint-0f' },
    ]);
  });

  test('come in pages', async () => {
    ec2.api.endpoints = Array.from({ length: 7 }, (_, index) => ({
      endpointId: `cvpn-endpoint-0${index}`,
      state: 'open' as const,
    }));
    const first = await ec2.client.send(new DescribeClientVpnEndpointsCommand({ MaxResults: 5 }));
    expect(first.ClientVpnEndpoints).toHaveLength(5);
    expect(await ec2.endpoints({ NextToken: first.NextToken })).toHaveLength(2);
  });
});
