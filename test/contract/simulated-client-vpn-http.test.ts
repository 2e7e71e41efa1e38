import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startSimulatedClientVpn } from '../../local/simulated-client-vpn/server.ts';
import { ENDPOINT, NOW, useSimulatedEc2 } from '../support/servers/simulated-ec2.ts';

const ec2 = useSimulatedEc2();

const requestId = async (text: string) => {
  const answer = await ec2.post(text);
  const inBody = /<requestId>(.*?)<\/requestId>/.exec(await answer.text())?.[1];
  expect(answer.headers.get('x-amzn-requestid')).toBe(inBody);
  return inBody;
};

describe('the HTTP answer', () => {
  const body = `Action=DescribeClientVpnConnections&Version=2016-11-15&ClientVpnEndpointId=${ENDPOINT}`;

  test('its Date is the simulated time, its content is XML in the EC2 namespace', async () => {
    const answer = await ec2.post(body);
    expect(answer.headers.get('date')).toBe('Wed, 11 Mar 2026 09:30:00 GMT');
    expect(answer.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
    expect(await answer.text()).toContain(
      '<DescribeClientVpnConnectionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>',
    );
  });

  test('the request id stands in header and body and follows from the request', async () => {
    const first = await requestId(body);
    expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(await requestId(body)).toBe(first);
    expect(await requestId(`${body}&MaxResults=5`)).not.toBe(first);
  });

  test('a space may be written as a plus or as %20', async () => {
    ec2.rows = [{ connectionId: 'c-1', username: 'ann lee' }];
    for (const space of ['+', '%20']) {
      const answer = await ec2.post(`${body}&Filter.1.Name=username&Filter.1.Value.1=ann${space}lee`);
      expect(await answer.text()).toContain('c-1');
    }
  });

  test('whoever started it is told of each request', async () => {
    await ec2.connections({ MaxResults: 50 });
    expect(ec2.requests.map(({ action, parameters }) => [action, parameters.get('MaxResults')])).toEqual([
      ['DescribeClientVpnConnections', '50'],
    ]);
  });

  test('a port that is taken is refused with EADDRINUSE', async () => {
    const second = startSimulatedClientVpn({ world: ec2.ownRows(), now: () => NOW, port: ec2.server.port });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('closing it does not wait for a client in the middle of a request', async () => {
    const socket = connect(ec2.server.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n');
    await once(socket, 'data'); // the 100 Continue: the server now waits for the body
    const closed = once(socket, 'close');
    await ec2.server.close();
    await expect(closed).resolves.toBeDefined();
  });
});
