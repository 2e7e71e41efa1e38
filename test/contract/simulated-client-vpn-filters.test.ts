import { DescribeClientVpnEndpointsCommand, type DescribeClientVpnEndpointsCommandInput } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { textOf } from '../../gateway/ec2-query-protocol/structure.ts';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { NOW, useSimulatedEc2 } from '../support/servers/simulated-ec2.ts';

const ec2 = useSimulatedEc2();

const ids = async (filters: Record<string, string[]>) => {
  const Filters = Object.entries(filters).map(([Name, Values]) => ({ Name, Values }));
  return (await ec2.connections({ Filters }))?.map(({ ConnectionId }) => ConnectionId);
};

const protocols = async (input: DescribeClientVpnEndpointsCommandInput) => {
  const { ClientVpnEndpoints } = await ec2.client.send(new DescribeClientVpnEndpointsCommand(input));
  return ClientVpnEndpoints?.map(({ TransportProtocol }) => TransportProtocol);
};

describe('filters', () => {
  beforeEach(() => {
    ec2.rows = [
      { connectionId: 'c-1', username: 'alice' },
      { connectionId: 'c-2', username: 'bob' },
      { connectionId: 'c-3', username: 'alice' },
      { connectionId: 'c-4' },
    ];
  });

  test('the values of one filter join with OR', async () => {
    expect(await ids({ 'connection-id': ['c-2', 'c-4', 'c-9'] })).toEqual(['c-2', 'c-4']);
  });

  test('two filters join with AND', async () => {
    expect(await ids({ username: ['alice'], 'connection-id': ['c-2', 'c-3', 'c-4'] })).toEqual(['c-3']);
  });

  test('the values may have wildcards', async () => {
    expect(await ids({ username: ['a*e', 'b?b'] })).toEqual(['c-1', 'c-2', 'c-3']);
    expect(await ids({ username: ['a\\*e'], 'connection-id': ['*'] })).toEqual([]);
  });

  test('values and names are case-sensitive', async () => {
    expect(await ids({ username: ['Alice'] })).toEqual([]);
    await expect(ids({ Username: ['alice'] })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('a filter that the action does not have is refused by its name', async () => {
    await expect(ids({ 'client-ip': ['10.0.0.1'] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: "The filter 'client-ip' is invalid",
    });
  });

  test('endpoints are found by id and by transport protocol', async () => {
    ec2.world = simulatedCompany({ seed: 7 });
    const [first, , third] = ec2.world.endpoints(NOW).map((row) => textOf(row, 'clientVpnEndpointId'));
    expect(await protocols({ Filters: [{ Name: 'transport-protocol', Values: ['tcp'] }] })).toEqual(['tcp']);
    expect(await protocols({ ClientVpnEndpointIds: [first ?? '', third ?? ''] })).toEqual(['udp', 'tcp']);
    expect(await protocols({ Filters: [{ Name: 'endpoint-id', Values: [third ?? ''] }] })).toEqual(['tcp']);
  });
});
