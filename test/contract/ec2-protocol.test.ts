import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { Ec2Compatible, ENDPOINT, NOW, numbered, SimulatedEc2 } from '../support/servers/ec2-compatible.ts';

const MISSING = 'cvpn-endpoint-0000000000000dead';
const REQUEST = `Action=DescribeClientVpnConnections&Version=2016-11-15&ClientVpnEndpointId=${ENDPOINT}`;
const invalid = { name: 'InvalidParameterValue' };
const COMPANY = simulatedCompany({ seed: 7 });

/** What AWS does is what both do: the simulation in its place, and the address over the trail. */
describe.each<[string, () => SimulatedEc2 | Ec2Compatible]>([
  ['the simulated Client VPN', () => SimulatedEc2.use()],
  ['the EC2-compatible address of a trail', () => Ec2Compatible.use()],
])('%s', (_name, use) => {
  const ec2 = use();

  const people = () =>
    ec2.list([
      { connectionId: 'c-1', username: 'alice' },
      { connectionId: 'c-2', username: 'bob' },
      { connectionId: 'c-3', username: 'alice' },
      { connectionId: 'c-4' },
    ]);

  test.each<[what: string, found: string[], ...filters: [string, ...string[]][]]>([
    ['the values of one filter with OR', ['c-2', 'c-4'], ['connection-id', 'c-2', 'c-4', 'c-9']],
    ['two filters with AND', ['c-3'], ['username', 'alice'], ['connection-id', 'c-2', 'c-3']],
    ['two of one name with AND', ['c-2'], ['connection-id', 'c-1', 'c-2'], ['connection-id', 'c-2', 'c-3']],
    ['what excludes each other', [], ['connection-id', 'c-1'], ['connection-id', 'c-2']],
    ['wildcards', ['c-1', 'c-2', 'c-3'], ['username', 'a*e', 'b?b']],
    ['what is no wildcard', [], ['username', 'a\\*e'], ['connection-id', '*']],
    ['values in their own case', [], ['username', 'Alice']],
  ])('filters take %s', async (_, found, ...filters) => {
    people();
    expect(await ec2.ids(...filters)).toEqual(found);
  });

  test.each(['mac-address', 'Username'])('a filter %s, which there is not, is refused by its name', async (name) => {
    const refused = { ...invalid, message: `The filter '${name}' is invalid` };
    await expect(ec2.ids([name, 'x'])).rejects.toMatchObject(refused);
  });

  test('a walk with page size 5 gives every row once and ends with the last one', async () => {
    ec2.list(numbered(23));
    const pages = await ec2.walk(5);
    expect(pages.flat()).toEqual(numbered(23).map(({ connectionId }) => connectionId));
    expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 3]);
  });

  test('a full last page has no token to an empty one', async () => {
    ec2.list(numbered(10));
    expect((await ec2.walk(5)).map((page) => page.length)).toEqual([5, 5]);
  });

  test('without MaxResults a page holds 1000 rows', async () => {
    ec2.list(numbered(1001));
    expect(await ec2.connections()).toHaveLength(1000);
  });

  test.each([4, 0, 1001])('MaxResults of %i is refused', async (MaxResults) => {
    const message = expect.stringContaining(`Value ( ${MaxResults} ) for parameter maxResults is invalid.`);
    await expect(ec2.connections({ MaxResults })).rejects.toMatchObject({ ...invalid, message });
  });

  test("a token that was never given out and another question's are refused", async () => {
    ec2.list(numbered(6));
    const { NextToken } = await ec2.page({ MaxResults: 5 });
    const Filters = [{ Name: 'username', Values: ['alice'] }];
    await expect(ec2.connections({ NextToken: 'bm9uZSBvZiBvdXJz' })).rejects.toMatchObject(invalid);
    await expect(ec2.connections({ NextToken, Filters })).rejects.toMatchObject(invalid);
    expect(await ec2.connections({ NextToken })).toHaveLength(1);
  });

  test('nobody connected is an empty list, not a missing one', async () => {
    expect(await ec2.connections()).toEqual([]);
  });

  test('a dry run that would succeed says so with status 412', async () => {
    const wouldSucceed = {
      name: 'DryRunOperation',
      message: 'Request would have succeeded, but DryRun flag is set.',
      $metadata: { httpStatusCode: 412 },
    };
    await expect(ec2.connections({ DryRun: true })).rejects.toMatchObject(wouldSucceed);
    await expect(ec2.endpoints({ DryRun: true })).rejects.toMatchObject(wouldSucceed);
    expect(await ec2.connections({ DryRun: false })).toEqual([]);
  });

  test('an endpoint that there is not is not found, in either action, whatever else is asked', async () => {
    const notFound = { name: 'InvalidClientVpnEndpointId.NotFound', message: `Endpoint ${MISSING} does not exist` };
    const Filters = ['alice', 'bob'].map((name) => ({ Name: 'username', Values: [name] }));
    for (const more of [{}, { Filters }]) {
      await expect(ec2.connections({ ClientVpnEndpointId: MISSING, ...more })).rejects.toMatchObject(notFound);
    }
    await expect(ec2.endpoints({ ClientVpnEndpointIds: [ENDPOINT, MISSING] })).rejects.toMatchObject(notFound);
  });

  test('an action that there is not is invalid', async () => {
    const refused = { name: 'InvalidAction', $metadata: { httpStatusCode: 400 } };
    await expect(ec2.client.send(new DescribeInstancesCommand({}))).rejects.toMatchObject(refused);
  });

  test('a request without the endpoint id, or without an action, lacks a parameter', async () => {
    for (const body of ['Action=DescribeClientVpnConnections', 'Version=2016-11-15']) {
      const answer = await ec2.post(body);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('<Code>MissingParameter</Code>');
    }
  });

  test('an answer is XML in the EC2 namespace, its request id in header and body', async () => {
    const answer = await ec2.post(REQUEST);
    expect(answer.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
    const [, id] =
      /<requestId>([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})<\/requestId>/.exec(await answer.text()) ?? [];
    expect(answer.headers.get('x-amzn-requestid')).toBe(id);
  });

  test('endpoints are found by id and by transport protocol', async () => {
    const descriptions = COMPANY.endpoints(NOW);
    const [first = '', , third = ''] = descriptions.map((one) => String(one.clientVpnEndpointId));
    if (ec2 instanceof SimulatedEc2) ec2.world = COMPANY;
    if (ec2 instanceof Ec2Compatible) {
      ec2.api.endpoints = descriptions.map((description) => ({
        endpointId: String(description.clientVpnEndpointId),
        state: 'open',
        description,
      }));
    }
    const found = async (input: Parameters<typeof ec2.endpoints>[0]) =>
      (await ec2.endpoints(input))?.map((one) => `${one.ClientVpnEndpointId} ${one.TransportProtocol}`).sort();
    const byId = [`${first} udp`, `${third} tcp`].sort();
    expect(await found({ ClientVpnEndpointIds: [third, first] })).toEqual(byId);
    expect(await found({ Filters: [{ Name: 'endpoint-id', Values: [third] }] })).toEqual([`${third} tcp`]);
    expect(await found({ Filters: [{ Name: 'transport-protocol', Values: ['tcp'] }] })).toEqual([`${third} tcp`]);
  });
});
