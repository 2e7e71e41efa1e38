import { DescribeClientVpnEndpointsCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { ENDPOINT, useSimulatedEc2 } from '../support/servers/simulated-ec2.ts';

const ec2 = useSimulatedEc2();

const failing = () => {
  throw new Error('broken');
};

describe('errors', () => {
  test('a dry run that would succeed says so with status 412', async () => {
    await expect(ec2.connections({ DryRun: true })).rejects.toMatchObject({
      name: 'DryRunOperation',
      message: 'Request would have succeeded, but DryRun flag is set.',
      $metadata: { httpStatusCode: 412 },
    });
    await expect(ec2.client.send(new DescribeClientVpnEndpointsCommand({ DryRun: true }))).rejects.toMatchObject({
      name: 'DryRunOperation',
    });
    expect(await ec2.connections({ DryRun: false })).toEqual([]);
  });

  test('an endpoint that does not exist is not found, in either action', async () => {
    const missing = 'cvpn-endpoint-0000000000000dead';
    const notFound = { name: 'InvalidClientVpnEndpointId.NotFound', message: `Endpoint ${missing} does not exist` };
    await expect(ec2.connections({ ClientVpnEndpointId: missing })).rejects.toMatchObject(notFound);
    const command = new DescribeClientVpnEndpointsCommand({ ClientVpnEndpointIds: [ENDPOINT, missing] });
    await expect(ec2.client.send(command)).rejects.toMatchObject(notFound);
  });

  test('an action that the simulation does not know is invalid', async () => {
    await expect(ec2.client.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('a request without the endpoint id lacks a parameter', async () => {
    const answer = await ec2.post('Action=DescribeClientVpnConnections&Version=2016-11-15');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<Code>MissingParameter</Code>');
  });

  test('a request that nobody signed is refused', async () => {
    const answer = await ec2.post('Action=DescribeClientVpnEndpoints&Version=2016-11-15', {});
    expect(answer.status).toBe(401);
    expect(await answer.text()).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Response><Errors><Error><Code>AuthFailure<\/Code><Message>[^<]+<\/Message><\/Error><\/Errors><RequestID>[^<]+<\/RequestID><\/Response>$/,
    );
  });

  test('a world that fails is an internal error of the answer, not the end of the server', async () => {
    ec2.world = { endpoints: failing, connections: failing };
    await expect(ec2.connections()).rejects.toMatchObject({
      name: 'InternalError',
      $metadata: { httpStatusCode: 500 },
    });
    ec2.world = ec2.ownRows();
    expect(await ec2.connections()).toEqual([]);
  });
});
