import { DescribeClientVpnEndpointsCommand, paginateDescribeClientVpnConnections } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../gateway/api-server.ts';
import { runCommand, startCommand } from '../support/command/cvpn-audit.ts';
import { ENDPOINT, loopbackEc2, numberedConnections } from '../support/servers/ec2-compatible.ts';
import { FakeTrailApi, json } from '../support/servers/fake-trail-api.ts';

let trail: FakeTrailApi;
let api: ApiServer;
beforeEach(async () => {
  trail = new FakeTrailApi();
  trail.endpoints = [{ endpointId: ENDPOINT, state: 'open' }];
  trail.connections = numberedConnections(12);
  trail.instead = [() => json({ openapi: '3.1.0' })];
  const respond = async ({ url }: Request) => trail.ask(url.slice(new URL(url).origin.length));
  api = await startApiServer({ port: 0, respond, onError: () => {} });
});
afterEach(() => api.close());

const start = async (...args: string[]) => {
  const command = startCommand(['console', '--port', '0', '--api', api.url, ...args]);
  const [, address = ''] = await command.prints(/address +(http:\/\/127\.0\.0\.1:\d+\/t\/[\w-]{32})\n/);
  return { command, address };
};

describe('console', () => {
  it("lends AWS's own tools and the API's callers the trail, with the token it prints, until Ctrl-C", async () => {
    const { command, address } = await start();
    const ec2 = loopbackEc2(address);
    const { ClientVpnEndpoints } = await ec2.send(new DescribeClientVpnEndpointsCommand({}));
    expect(ClientVpnEndpoints).toEqual([{ ClientVpnEndpointId: ENDPOINT }]);
    const pages = paginateDescribeClientVpnConnections({ client: ec2, pageSize: 5 }, { ClientVpnEndpointId: ENDPOINT });
    const sizes = (await Array.fromAsync(pages)).map(({ Connections }) => Connections?.length);
    expect(sizes).toEqual([5, 5, 2]);
    ec2.destroy();

    const endpoints = await fetch(`${address}/endpoints`);
    expect(await endpoints.json()).toEqual({ endpoints: trail.endpoints });
    expect(await (await fetch(address)).text()).toContain('GET /openapi.json');
    // A browser gets the pages, and keeps the token in a cookie.
    expect(command.written.out).toContain(`  page      ${address}/\n`);
    const led = await fetch(address, { headers: { Accept: 'text/html' }, redirect: 'manual' });
    expect([led.status, led.headers.get('location')]).toEqual([303, '/ui/now']);
    const cookie = led.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await fetch(new URL('/ui/now', address), { headers: { Cookie: cookie } });
    expect(await page.text()).toContain('The trail that cvpn-audit console asks in your name');
    const refused = await fetch(`${address}/endpoints`, { method: 'DELETE' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const token = address.slice(-32);
    const bearer = { headers: { Authorization: `Bearer ${token}` } };
    expect((await fetch(new URL('/endpoints', address), bearer)).status).toBe(200);
    expect((await fetch(new URL('/endpoints', address))).status).toBe(401);

    command.interrupt();
    expect(await command.exited).toBe(0);
    expect(command.written.out).toMatch(/Stopped\. The token is void\.\n$/);
  });

  it('has another token each time', async () => {
    const first = await start();
    trail.instead = [() => json({ openapi: '3.1.0' })];
    const second = await start();
    expect(first.address.slice(-32)).not.toBe(second.address.slice(-32));
    for (const { command } of [first, second]) command.interrupt();
    await Promise.all([first.command.exited, second.command.exited]);
  });

  it("without a token answers AWS's tools so that they can say what is wrong", async () => {
    const { command, address } = await start();
    const ec2 = loopbackEc2(new URL(address).origin);
    await expect(ec2.send(new DescribeClientVpnEndpointsCommand({}))).rejects.toMatchObject({
      name: 'AuthFailure',
      message: expect.stringContaining('"cvpn-audit console" printed'),
    });
    ec2.destroy();
    command.interrupt();
    await command.exited;
  });

  it('says before it starts what keeps it from the API', async () => {
    trail.instead = [() => json({ hello: 'world' })];
    const { code, out, err } = await runCommand(['console', '--port', '0', '--api', api.url]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(`cvpn-audit: What answers at ${api.url} is not the API of an audit trail. Check the address.\n`);
    await api.close();
    const nowhere = await runCommand(['console', '--port', '0', '--api', api.url]);
    expect(nowhere.err).toContain(`Nothing answers at ${api.url}.`);
  });
});
