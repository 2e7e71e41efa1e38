import { DescribeClientVpnConnectionsCommand, paginateDescribeClientVpnConnections } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { ENDPOINT, numberedRows, useSimulatedEc2 } from '../support/servers/simulated-ec2.ts';

const ec2 = useSimulatedEc2();

const walk = async (pageSize: number) => {
  const pages: (string | undefined)[][] = [];
  const paginator = paginateDescribeClientVpnConnections(
    { client: ec2.client, pageSize },
    { ClientVpnEndpointId: ENDPOINT },
  );
  for await (const page of paginator) pages.push((page.Connections ?? []).map(({ ConnectionId }) => ConnectionId));
  return pages;
};

describe('pages', () => {
  test('a walk with page size 5 gives every row once and ends with the last one', async () => {
    ec2.rows = numberedRows(23);
    const pages = await walk(5);
    expect(pages.flat()).toEqual(ec2.rows.map(({ connectionId }) => connectionId));
    expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 3]);
  });

  test('a full last page has no token to an empty one', async () => {
    ec2.rows = numberedRows(10);
    expect((await walk(5)).map((page) => page.length)).toEqual([5, 5]);
  });

  test('without MaxResults a page holds 1000 rows', async () => {
    ec2.rows = numberedRows(1001);
    expect(await ec2.connections()).toHaveLength(1000);
  });

  test('rows that come and go between two pages neither repeat nor hide another row', async () => {
    const [gone, ...others] = numberedRows(12);
    ec2.rows = [gone ?? {}, ...others];
    const { Connections, NextToken } = await ec2.client.send(
      new DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId: ENDPOINT, MaxResults: 5 }),
    );
    const last = Connections?.at(-1)?.ConnectionId;
    ec2.rows = [{ connectionId: 'c-000a' }, ...others.filter(({ connectionId }) => connectionId !== last)];
    const rest = await ec2.connections({ NextToken });
    expect(rest?.map(({ ConnectionId }) => ConnectionId)).toEqual(others.slice(4).map((row) => row.connectionId));
  });

  test('rows without an id, or with the same one, are each given once too', async () => {
    ec2.rows = [{}, {}, { connectionId: 'b' }, {}, { connectionId: 'a' }, { connectionId: 'a' }, {}];
    expect((await walk(5)).flat()).toEqual([undefined, undefined, 'b', undefined, 'a', 'a', undefined]);
  });

  test.each([4, 0, 1001])('MaxResults of %i is refused', async (MaxResults) => {
    await expect(ec2.connections({ MaxResults })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining(`Value ( ${MaxResults} ) for parameter maxResults is invalid.`),
    });
  });

  test('a token that AWS never gave out is refused', async () => {
    await expect(ec2.connections({ NextToken: 'bm9uZSBvZiBvdXJz' })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  test("another question's token is refused", async () => {
    ec2.rows = numberedRows(6);
    const command = new DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId: ENDPOINT, MaxResults: 5 });
    const { NextToken } = await ec2.client.send(command);
    const Filters = [{ Name: 'username', Values: ['alice'] }];
    await expect(ec2.connections({ NextToken, Filters })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    expect(await ec2.connections({ NextToken })).toHaveLength(1);
  });
});
