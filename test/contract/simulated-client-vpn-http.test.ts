import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startSimulatedClientVpn } from '../../local/simulated-client-vpn/server.ts';
import { ENDPOINT, NOW, SimulatedEc2 } from '../support/servers/ec2-compatible.ts';

const ec2 = SimulatedEc2.use();

describe('the simulated Client VPN', () => {
  const body = `Action=DescribeClientVpnConnections&Version=2016-11-15&ClientVpnEndpointId=${ENDPOINT}`;

  test('its Date is the simulated time, and its request id follows from the request', async () => {
    const headersOf = async (request: string) => (await ec2.post(request)).headers;
    expect((await headersOf(body)).get('date')).toBe('Sun, 22 Nov 2026 14:03:00 GMT');
    const ids = [body, body, `${body}&MaxResults=5`].map(async (request) =>
      (await headersOf(request)).get('x-amzn-requestid'),
    );
    const [first, again, other] = await Promise.all(ids);
    expect([again === first, other === first]).toEqual([true, false]);
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

  test('a request that nobody signed is refused', async () => {
    const answer = await ec2.post('Action=DescribeClientVpnEndpoints&Version=2016-11-15', {});
    expect(answer.status).toBe(401);
    expect(await answer.text()).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Response><Errors><Error><Code>AuthFailure<\/Code><Message>[^<]+<\/Message><\/Error><\/Errors><RequestID>[^<]+<\/RequestID><\/Response>$/,
    );
  });

  test('a world that fails is an internal error of the answer, not the end of the server', async () => {
    ec2.world = { endpoints: () => expect.fail(), connections: () => expect.fail() };
    const broken = { name: 'InternalError', $metadata: { httpStatusCode: 500 } };
    await expect(ec2.connections()).rejects.toMatchObject(broken);
    ec2.world = ec2.ownRows();
    expect(await ec2.connections()).toEqual([]);
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
