import {
  type ClientVpnConnection,
  DescribeClientVpnConnectionsCommand,
  type DescribeClientVpnConnectionsCommandInput,
  DescribeClientVpnEndpointsCommand,
  type DescribeClientVpnEndpointsCommandInput,
  EC2Client,
  type EC2ClientConfig,
  paginateDescribeClientVpnConnections,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach } from 'vitest';
import { startApiServer } from '../../../gateway/api-server.ts';
import type { Structure } from '../../../gateway/ec2-query-protocol/structure.ts';
import { trailRoutes } from '../../../gateway/trail-routes.ts';
import type { ConnectionAnswer } from '../../../lambda/query/schemas/connection.ts';
import { type SeenRequest, startSimulatedClientVpn } from '../../../local/simulated-client-vpn/server.ts';
import type { World } from '../../../local/simulated-client-vpn/world.ts';
import { FakeTrailApi } from './fake-trail-api.ts';

/** The endpoint that there is. */
export const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';

/** The time of the simulation, and that relative times count from. */
export const NOW = new Date('2026-11-22T14:03:00.500Z');

/** The values of a filter behind its name. */
export type NamedValues = readonly (readonly [name: string, ...values: string[]])[];

/** A connection of which little is known. */
type ListedRow = { readonly connectionId: string; readonly username?: string };

type ConnectionsInput = Partial<DescribeClientVpnConnectionsCommandInput>;
type Server = Awaited<ReturnType<typeof startSimulatedClientVpn>>;

/** An address that speaks EC2's protocol, begun anew for each test of a file, with the real SDK's client before it. */
export abstract class Ec2Address {
  now = NOW;
  server!: Server;
  client!: EC2Client;

  /** Serves an empty world. */
  protected abstract serve(): Promise<Server>;
  /** What the endpoint lists from now on. */
  abstract list(rows: readonly ListedRow[]): void;

  /** Starts it before each test of the file and stops it afterwards. */
  static use<Address extends Ec2Address>(this: new () => Address): Address {
    const address = new this();
    beforeEach(async () => {
      address.now = NOW;
      address.server = await address.serve();
      address.client = loopbackEc2(address.server.url);
    });
    afterEach(async () => {
      address.client.destroy();
      await address.server.close();
    });
    return address;
  }

  /** One page of DescribeClientVpnConnections through the SDK. */
  page(input: ConnectionsInput = {}) {
    return this.client.send(new DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId: ENDPOINT, ...input }));
  }

  async connections(input: ConnectionsInput = {}): Promise<ClientVpnConnection[] | undefined> {
    return (await this.page(input)).Connections;
  }

  /** The connections that pass these filters. */
  async ids(...filters: NamedValues): Promise<(string | undefined)[] | undefined> {
    const Filters = filters.map(([Name, ...Values]) => ({ Name, Values }));
    return (await this.connections({ Filters }))?.map(({ ConnectionId }) => ConnectionId);
  }

  /** The ids of each page. */
  async walk(pageSize: number, input: ConnectionsInput = {}): Promise<(string | undefined)[][]> {
    const request = { ClientVpnEndpointId: ENDPOINT, ...input };
    const pages = await Array.fromAsync(
      paginateDescribeClientVpnConnections({ client: this.client, pageSize }, request),
    );
    return pages.map(({ Connections = [] }) => Connections.map(({ ConnectionId }) => ConnectionId));
  }

  async endpoints(input: DescribeClientVpnEndpointsCommandInput = {}) {
    return (await this.client.send(new DescribeClientVpnEndpointsCommand(input))).ClientVpnEndpoints;
  }

  /** A request as it stands, past the SDK; signed as far as the simulation cares. */
  post(
    body: string,
    headers: Record<string, string> = { Authorization: 'AWS4-HMAC-SHA256 Credential=any' },
  ): Promise<Response> {
    return fetch(this.server.url, { method: 'POST', body: new URLSearchParams(body), headers });
  }
}

/** The EC2-compatible address over a fake trail. */
export class Ec2Compatible extends Ec2Address {
  api = new FakeTrailApi();
  /** What the callers were not told. */
  errors: unknown[] = [];

  protected async serve() {
    this.api = new FakeTrailApi();
    this.api.endpoints = [{ endpointId: ENDPOINT, state: 'open' }];
    this.errors = [];
    const onError = (error: unknown) => this.errors.push(error);
    const ports = { ask: (path: string) => this.api.ask(path), now: () => this.now, onError };
    const respond = trailRoutes({
      api: async () => new Response('the API'),
      ec2: () => ports,
      pages: async () => new Response('a page'),
    });
    return startApiServer({ port: 0, respond, onError });
  }

  list(rows: readonly ListedRow[]): void {
    this.api.connections = rows.map(({ connectionId, ...more }) => connectionOf(connectionId, more));
  }
}

/** A simulated Client VPN. */
export class SimulatedEc2 extends Ec2Address {
  /** What {@link ENDPOINT} lists; a test may change it between two requests. */
  rows: readonly Structure[] = [];
  /** What is served: at first {@link rows}. */
  world = this.ownRows();
  requests: SeenRequest[] = [];

  ownRows(): World {
    return {
      endpoints: () => [{ clientVpnEndpointId: ENDPOINT, transportProtocol: 'udp' }],
      connections: () => [...this.rows],
    };
  }

  protected async serve() {
    this.rows = [];
    this.requests = [];
    this.world = this.ownRows();
    const world: World = {
      endpoints: (at) => this.world.endpoints(at),
      connections: (endpointId, at) => this.world.connections(endpointId, at),
    };
    const onRequest = (request: SeenRequest) => this.requests.push(request);
    return startSimulatedClientVpn({ world, now: () => this.now, onRequest });
  }

  list(rows: readonly ListedRow[]): void {
    this.rows = rows.map((row) => ({ ...row }));
  }
}

/** A client of AWS's for an address on loopback; it asks once, unless `more` says otherwise. */
export function loopbackEc2(endpoint: string, more: EC2ClientConfig = {}): EC2Client {
  return new EC2Client({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
    ...more,
  });
}

/** A connection as the API gives it, of which little is known. */
export function connectionOf(connectionId: string, more: Partial<ConnectionAnswer> = {}): ConnectionAnswer {
  return {
    connectionId,
    endpointId: ENDPOINT,
    accountId: '123456789012',
    region: 'eu-central-1',
    establishedAt: '2026-11-20T08:00:00Z',
    identity: connectionId,
    ...more,
  };
}

/** So many connections. */
export const numberedConnections = (count: number) =>
  numbered(count).map(({ connectionId }) => connectionOf(connectionId));

/** So many rows, sorted by connection id. */
export const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ connectionId: `c-${String(index).padStart(4, '0')}` }));
