import { DescribeClientVpnEndpointsCommand } from '@aws-sdk/client-ec2';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { describe, expect, test } from 'vitest';
import { Ec2Compatible, ENDPOINT, loopbackEc2, numbered } from '../support/servers/ec2-compatible.ts';
import { json, problemReply } from '../support/servers/fake-trail-api.ts';

const ec2 = Ec2Compatible.use();

describe('errors', () => {
  test('a dry run reads no connection, and says where it is not permitted', async () => {
    await expect(ec2.connections({ DryRun: true })).rejects.toMatchObject({ name: 'DryRunOperation' });
    expect(ec2.api.lastQuestion).toEqual({ endpoint: [ENDPOINT], connectionId: ['-'], limit: ['1'] });
    ec2.api.instead = [() => json({ message: 'Forbidden' }, 403)];
    await expect(ec2.connections({ DryRun: true })).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('what cannot be an endpoint id is not found either', async () => {
    const errors = [{ parameter: 'endpoint', given: 'vpn', expected: 'an id' }];
    ec2.api.instead = [() => problemReply(400, 'parameters-invalid', { errors })];
    await expect(ec2.connections({ ClientVpnEndpointId: 'vpn' })).rejects.toMatchObject({
      name: 'InvalidClientVpnEndpointId.NotFound',
    });
  });

  const errors = [{ parameter: 'cursor', given: 'x', expected: 'the cursor' }];
  test.each([
    ['belongs to another question', problemReply(400, 'cursor-invalid')],
    ['is none', problemReply(400, 'parameters-invalid', { errors })],
  ])("a cursor that the API says %s is AWS's NextToken, of which only the beginning is shown", async (_, refusal) => {
    ec2.list(numbered(6));
    const { NextToken = '' } = await ec2.page({ MaxResults: 5 });
    ec2.api.instead = [() => refusal];
    await expect(ec2.connections({ MaxResults: 5, NextToken })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Value ( ${NextToken.slice(0, 8)}… ) for parameter NextToken is invalid. The token is invalid.`,
    });
    await expect(ec2.connections({ NextToken: 'short' })).rejects.toThrow('Value ( sh… ) for parameter NextToken');
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
      /connections\?.* something else:.*connections/s,
    ],
    ['nothing at all', () => expect.fail('secret'), /secret/],
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
    const endpoints = await patient.send(new DescribeClientVpnEndpointsCommand({}));
    expect(endpoints).toMatchObject({ ClientVpnEndpoints: [{ ClientVpnEndpointId: ENDPOINT }] });
    patient.destroy();
  });

  test('every answer has another request id', async () => {
    const answers = [await ec2.post('Version=1'), await ec2.post('Version=1')];
    expect(new Set(answers.map(({ headers }) => headers.get('x-amzn-requestid')))).toHaveLength(2);
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
