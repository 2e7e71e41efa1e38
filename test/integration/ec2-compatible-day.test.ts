import {
  type ClientVpnConnection,
  DescribeClientVpnEndpointsCommand,
  type EC2Client,
  paginateDescribeClientVpnConnections,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../gateway/ec2-query-protocol/structure.ts';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { ExportedTrail } from '../support/exports/exported-trail.ts';
import { RecordedTrail } from '../support/recording/recorded-trail.ts';
import { loopbackEc2 } from '../support/servers/ec2-compatible.ts';
import { startFaultyEc2 } from '../support/servers/faulty-ec2.ts';

const world = simulatedCompany({ seed: 7 });
const FROM = new Date('2026-11-18T04:00:00Z');
const MINUTES = 40;
const RECORDINGS = (24 * 60) / MINUTES + 1;

let trail: RecordedTrail;
/** Behind its real API. */
let served: ExportedTrail;
let ours: EC2Client;
let aws: EC2Client;
let endpointIds: string[];
/** The last row that AWS gave of each connection. */
const lastRows = new Map<string, ClientVpnConnection>();

beforeAll(async () => {
  trail = await RecordedTrail.start();
  await trail.ec2.close();
  trail.ec2 = await startFaultyEc2(world, () => trail.now);
  served = await ExportedTrail.over(trail);
  [ours, aws] = [loopbackEc2(served.server.url), loopbackEc2(trail.ec2.url)];
  endpointIds = world.endpoints(FROM).map((endpoint) => textOf(endpoint, 'clientVpnEndpointId'));
  for (let recording = 0; recording < RECORDINGS; recording += 1)
    await recordAt(FROM.getTime() + recording * MINUTES * 60_000);
});

afterAll(async () => {
  for (const client of [ours, aws]) client.destroy();
  await served.close();
});

async function recordAt(time: number): Promise<void> {
  trail.now = new Date(time);
  await trail.record();
  for (const row of await walk(aws, {}, 1000)) lastRows.set(row.ConnectionId ?? '', row);
}

/** Everything that AWS's own paginator finds. */
async function walk(
  ec2: EC2Client,
  filters: Record<string, string> = {},
  pageSize = 20,
): Promise<ClientVpnConnection[]> {
  const Filters = Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }));
  const rows: ClientVpnConnection[] = [];
  for (const ClientVpnEndpointId of endpointIds) {
    const pages = paginateDescribeClientVpnConnections({ client: ec2, pageSize }, { ClientVpnEndpointId, Filters });
    for await (const { Connections = [] } of pages) rows.push(...Connections);
  }
  return rows;
}

const byId = (rows: Iterable<ClientVpnConnection>) =>
  [...rows].toSorted((a, b) => ((a.ConnectionId ?? '') < (b.ConnectionId ?? '') ? -1 : 1));

describe('a day after the last of it was recorded', () => {
  it('has every connection once, its row the same as AWS gave last', async () => {
    const rows = await walk(ours);
    expect(byId(rows)).toEqual(byId(lastRows.values()));
    // Most of them AWS itself has forgotten.
    const statuses = Map.groupBy(rows, ({ Status }) => Status?.Code);
    expect(statuses.get('terminated')?.length).toBeGreaterThan(100);
    expect(statuses.get('active')?.length).toBeGreaterThan(5);
    expect((await walk(aws)).length).toBeLessThan(rows.length / 2);
    expect(served.errors).toEqual([]);
  });

  it('tells who is connected now as AWS does', async () => {
    const active = (await walk(aws)).filter(({ Status }) => Status?.Code === 'active');
    expect(byId(await walk(ours, { at: 'now' }))).toEqual(byId(active));
  });

  it('tells who had an address at an instant', async () => {
    const [someone] = byId(lastRows.values()).filter(({ Status }) => Status?.Code === 'terminated');
    const { ClientIp = '', ConnectionEndTime = '' } = someone ?? {};
    expect(await walk(ours, { 'client-ip': ClientIp, at: ConnectionEndTime })).toContainEqual(someone);
  });

  it('describes the endpoints that were recorded', async () => {
    const { ClientVpnEndpoints } = await ours.send(new DescribeClientVpnEndpointsCommand({}));
    expect(ClientVpnEndpoints?.map(({ ClientVpnEndpointId }) => ClientVpnEndpointId)).toEqual(endpointIds.toSorted());
  });
});
