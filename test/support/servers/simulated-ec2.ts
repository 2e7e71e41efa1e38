import {
  type ClientVpnConnection,
  DescribeClientVpnConnectionsCommand,
  type DescribeClientVpnConnectionsCommandInput,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach } from 'vitest';
import type { Structure } from '../../../gateway/ec2-query-protocol/structure.ts';
import {
  type SeenRequest,
  type SimulatedClientVpn,
  startSimulatedClientVpn,
} from '../../../local/simulated-client-vpn/server.ts';
import type { World } from '../../../local/simulated-client-vpn/world.ts';

/** The endpoint of {@link SimulatedEc2.rows}. */
export const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';

/** The simulated time. */
export const NOW = new Date('2026-03-11T09:30:00.500Z');

/** A simulated Client VPN for each test of a file, with the real SDK's client before it. */
export class SimulatedEc2 {
  /** What {@link ENDPOINT} lists; a test may change it between two requests. */
  rows: Structure[] = [];
  /** What is served: at first {@link rows}. */
  world: World = this.ownRows();
  requests: SeenRequest[] = [];
  server!: SimulatedClientVpn;
  client!: EC2Client;

  ownRows(): World {
    return {
      endpoints: () => [{ clientVpnEndpointId: ENDPOINT, transportProtocol: 'udp' }],
      connections: () => this.rows,
    };
  }

  async start(): Promise<void> {
    this.rows = [];
    this.requests = [];
    this.world = this.ownRows();
    const world: World = {
      endpoints: (at) => this.world.endpoints(at),
      connections: (endpointId, at) => this.world.connections(endpointId, at),
    };
    const onRequest = (request: SeenRequest) => this.requests.push(request);
    this.server = await startSimulatedClientVpn({ world, now: () => NOW, onRequest });
    this.client = new EC2Client({
      endpoint: this.server.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      maxAttempts: 1,
    });
  }

  /** DescribeClientVpnConnections through the SDK. */
  async connections(
    input: Partial<DescribeClientVpnConnectionsCommandInput> = {},
  ): Promise<ClientVpnConnection[] | undefined> {
    const command = new DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId: ENDPOINT, ...input });
    return (await this.client.send(command)).Connections;
  }

  /** A request as it stands, past the SDK; signed as far as the simulation cares. */
  post(
    body: string,
    headers: Record<string, string> = { Authorization: 'AWS4-HMAC-SHA256 Credential=any' },
  ): Promise<Response> {
    const contentType = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return fetch(this.server.url, { method: 'POST', body, headers: { ...contentType, ...headers } });
  }
}

/** Starts one before each test of the file and stops it afterwards. */
export function useSimulatedEc2(): SimulatedEc2 {
  const ec2 = new SimulatedEc2();
  beforeEach(() => ec2.start());
  afterEach(async () => {
    ec2.client.destroy();
    await ec2.server.close();
  });
  return ec2;
}

/** So many rows, sorted by connection id. */
export function numberedRows(count: number): Structure[] {
  return Array.from({ length: count }, (_, index) => ({ connectionId: `c-${String(index).padStart(3, '0')}` }));
}
