import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import {
  connectionOf,
  Ec2Compatible,
  ENDPOINT,
  NOW,
  numbered,
  SimulatedEc2,
} from '../support/servers/ec2-compatible.ts';

const MISSING = 'cvpn-endpoint-0000000000000dead';
const REQUEST = `Action=DescribeClientVpnConnections&Version=2016-11-15&ClientVpnEndpointId=${ENDPOINT}`;
const invalid = { name: 'InvalidParameterValue' };
const COMPANY = simulatedCompany({ seed: 7 });

/** Of a connection that ended, in the words of the API and in those of the wire. */
const ENDED = connectionOf('cvpn-connection-0e03eb24267165acd', {
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

const WIRE = {
  clientVpnEndpointId: ENDPOINT,
  timestamp: '2019-08-12 07:58:34',
  connectionId: 'cvpn-connection-0e03eb24267165acd',
  username: 'alice',
  connectionEstablishedTime: '2019-08-12 07:57:14',
  ingressBytes: '9007199254740993',
  egressBytes: '5696',
  ingressPackets: '332',
  egressPackets: '0',
  clientIp: '10.0.0.5',
  clientIpv6Address: 'fd00::5',
  commonName: 'alice.example',
  status: { code: 'terminated', message: 'closed' },
  connectionEndTime: '2019-08-12 07:58:34',
  postureComplianceStatusSet: ['compliant', 'unknown'],
  authorizationPolicyLastEvaluatedTime: '2019-08-12 07:57:20',
};

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

  test("a row has its elements under AWS's names and in AWS's order, and the SDK receives them all", async () => {
    if (ec2 instanceof SimulatedEc2) ec2.rows = [WIRE];
    else ec2.api.connections = [ENDED];
    const { status, postureComplianceStatusSet, ...texts } = WIRE;
    const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
    expect(await ec2.connections()).toEqual([
      {
        ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [capital(name), text])),
        Status: { Code: status.code, Message: status.message },
        PostureComplianceStatuses: postureComplianceStatusSet,
      },
    ]);
    const xml = await (await ec2.post(REQUEST)).text();
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
    const [first = '', , third = ''] = descriptions.map((one) => one.clientVpnEndpointId as string);
    if (ec2 instanceof SimulatedEc2) ec2.world = COMPANY;
    if (ec2 instanceof Ec2Compatible) {
      ec2.api.endpoints = descriptions.map((description) => ({
        endpointId: description.clientVpnEndpointId as string,
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
