import {
  DescribeClientVpnConnectionsCommand,
  DescribeClientVpnEndpointsCommand,
  DescribeInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { describe, expect, test } from 'vitest';
import {
  connectionOf,
  ENDPOINT,
  loopbackEc2,
  numberedConnections,
  useEc2Compatible,
} from '../support/servers/ec2-compatible.ts';
import { json, problemReply } from '../support/servers/fake-trail-api.ts';

const ec2 = useEc2Compatible();

describe('errors', () => {
  test('a dry run that would succeed says so with status 412, and reads no connection', async () => {
    ec2.api.connections = [connectionOf('c-1')];
    await expect(ec2.connections({ DryRun: true })).rejects.toMatchObject({
      name: 'DryRunOperation',
      message: 'Request would have succeeded, but DryRun flag is set.',
      $metadata: { httpStatusCode: 412 },
    });
    expect(ec2.api.lastQuestion).toEqual({ endpoint: [ENDPOINT], connectionId: ['-'], limit: ['1'] });
    await expect(ec2.client.send(new DescribeClientVpnEndpointsCommand({ DryRun: true }))).rejects.toMatchObject({
      name: 'DryRunOperation',
    });
    expect(await ec2.connections({ DryRun: false })).toHaveLength(1);
  });

  test('a dry run of what is not permitted says that', async () => {
    ec2.api.instead = [() => json({ message: 'Forbidden' }, 403)];
    await expect(ec2.connections({ DryRun: true })).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('an endpoint that is not recorded is not found', async () => {
    const missing = 'cvpn-endpoint-0000000000000dead';
    await expect(ec2.connections({ ClientVpnEndpointId: missing })).rejects.toMatchObject({
      name: 'InvalidClientVpnEndpointId.NotFound',
      message: `Endpoint ${missing} does not exist`,
    });
  });

  test('what cannot be an endpoint id is not found either', async () => {
    const errors = [{ parameter: 'endpoint', given: 'vpn', expected: 'an id' }];
    ec2.api.instead = [() => problemReply(400, 'parameters-invalid', { errors })];
    await expect(ec2.connections({ ClientVpnEndpointId: 'vpn' })).rejects.toMatchObject({
      name: 'InvalidClientVpnEndpointId.NotFound',
    });
  });

  test.each([
    ['belongs to another question', () => problemReply(400, 'cursor-invalid')],
    [
      'is none',
      () =>
        problemReply(400, 'parameters-invalid', {
          errors: [{ parameter: 'cursor', given: 'x', expected: 'the cursor' }],
        }),
    ],
  ])("a cursor that the API says %s is AWS's NextToken, of which only the beginning is shown", async (_, refusal) => {
    ec2.api.connections = numberedConnections(6);
    const command = (more: object) =>
      new DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId: ENDPOINT, ...more });
    const { NextToken = '' } = await ec2.client.send(command({ MaxResults: 5 }));
    ec2.api.instead = [refusal];
    await expect(ec2.connections({ MaxResults: 5, NextToken })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Value ( ${NextToken.slice(0, 8)}… ) for parameter NextToken is invalid. The token is invalid.`,
    });
    await expect(ec2.connections({ NextToken: 'short' })).rejects.toThrow('Value ( sh… ) for parameter NextToken');
  });

  test('an action that there is not is invalid', async () => {
    await expect(ec2.client.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('a request without the endpoint id, or without an action, lacks a parameter', async () => {
    for (const body of ['Action=DescribeClientVpnConnections', 'Version=2016-11-15']) {
      const answer = await ec2.post(body);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('<Code>MissingParameter</Code>');
    }
  });

  test.each([
    [503, 503, 'Unavailable'],
    [429, 503, 'RequestLimitExceeded'],
    [500, 500, 'InternalError'],
    [414, 400, 'FilterLimitExceeded'],
  ])('the API answering %i is %i %s, and nothing of the inside', async (given, httpStatusCode, name) => {
    ec2.api.instead = [() => new Response('<html>secret</html>', { status: given })];
    const refused = ec2.connections();
    await expect(refused).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    await expect(refused).rejects.not.toThrow('secret');
    expect(ec2.errors).toHaveLength(httpStatusCode >= 500 ? 1 : 0);
  });

  test("the API's own sentence for the caller is passed on", async () => {
    ec2.api.instead = [() => problemReply(503, 'access-not-noted', { detail: 'Who reads the trail is noted first.' })];
    await expect(ec2.connections()).rejects.toThrow('Who reads the trail is noted first.');
  });

  test.each([
    ['something that is no JSON', () => new Response('hello'), /SyntaxError/],
    [
      'something else than connections',
      () => json({ hello: 'world' }),
      /answered \/connections\?.* with something else:.*connections/s,
    ],
    [
      'nothing at all',
      () => {
        throw new Error('secret');
      },
      /secret/,
    ],
  ])('an API that answers %s is an internal error, told to the one who started it', async (_, instead, inside) => {
    ec2.api.instead = [instead];
    await expect(ec2.connections()).rejects.toMatchObject({
      name: 'InternalError',
      message: 'The trail could not be read. What it printed where it was started tells why.',
    });
    expect(ec2.errors).toHaveLength(1);
    expect(String(ec2.errors[0])).toMatch(inside);
  });

  test('an SDK tries again by itself where the API was not ready', async () => {
    ec2.api.instead = [() => problemReply(503, 'trail-unavailable'), () => new Response('', { status: 429 })];
    const patient = loopbackEc2(ec2.server.url, { retryStrategy: new ConfiguredRetryStrategy(3, () => 0) });
    expect(await patient.send(new DescribeClientVpnEndpointsCommand({}))).toMatchObject({
      ClientVpnEndpoints: [{ ClientVpnEndpointId: ENDPOINT }],
    });
    patient.destroy();
  });

  test('every answer has its request id in header and body, another one each time', async () => {
    const idOf = async () => {
      const answer = await ec2.post('Action=DescribeClientVpnEndpoints');
      const [, id] = /<requestId>(.*?)<\/requestId>/.exec(await answer.text()) ?? [];
      expect(answer.headers.get('x-amzn-requestid')).toBe(id);
      return id;
    };
    expect(await idOf()).not.toBe(await idOf());
  });

  test('a request may come with its parameters in the query of a GET', async () => {
    const answer = await fetch(`${ec2.server.url}/?Action=DescribeClientVpnEndpoints&Version=2016-11-15`);
    expect(answer.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
    expect(await answer.text()).toContain(`<clientVpnEndpointId>${ENDPOINT}</clientVpnEndpointId>`);
    for (const other of [fetch(ec2.server.url), fetch(`${ec2.server.url}/connections`, { method: 'POST' })]) {
      expect(await (await other).text()).toBe('the API');
    }
  });
});
