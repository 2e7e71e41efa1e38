import {
  type ClientVpnConnection,
  DescribeClientVpnConnectionsCommand,
  type DescribeClientVpnConnectionsCommandInput,
  EC2Client,
  type EC2ClientConfig,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach } from 'vitest';
import { type ApiServer, startApiServer } from '../../../gateway/api-server.ts';
import { trailRoutes } from '../../../gateway/trail-routes.ts';
import type { ConnectionAnswer } from '../../../lambda/query/schemas/connection.ts';
import { FakeTrailApi } from './fake-trail-api.ts';

/** The endpoint that is recorded. */
export const ENDPOINT = 'cvpn-endpoint-0123456789abcdef0';

/** The time that relative times count from. */
export const NOW = new Date('2026-11-22T14:03:00.500Z');

/** The EC2-compatible address over a fake trail, for each test of a file, with the real SDK's client before it. */
export class Ec2Compatible {
  api = new FakeTrailApi();
  now = NOW;
  /** What the callers were not told. */
  errors: unknown[] = [];
  server!: ApiServer;
  client!: EC2Client;

  async start(): Promise<void> {
    this.api = new FakeTrailApi();
    this.api.endpoints = [{ endpointId: ENDPOINT, state: 'open' }];
    this.now = NOW;
    this.errors = [];
    const onError = (error: unknown) => this.errors.push(error);
    const ports = { ask: (path: string) => this.api.ask(path), now: () => this.now, onError };
    const respond = trailRoutes({ api: async () => new Response('the API'), ec2: () => ports });
    this.server = await startApiServer({ port: 0, respond, onError });
    this.client = loopbackEc2(this.server.url);
  }

  /** DescribeClientVpnConnections through the SDK. */
  async connections(
    input: Partial<DescribeClientVpnConnectionsCommandInput> = {},
  ): Promise<ClientVpnConnection[] | undefined> {
    const command = new DescribeClientVpnConnectionsCommand({ ClientVpnEndpointId: ENDPOINT, ...input });
    return (await this.client.send(command)).Connections;
  }

  /** A request as it stands, past the SDK. */
  post(body: string): Promise<Response> {
    return fetch(this.server.url, { method: 'POST', body: new URLSearchParams(body) });
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

/** Starts one before each test of the file and stops it afterwards. */
export function useEc2Compatible(): Ec2Compatible {
  const ec2 = new Ec2Compatible();
  beforeEach(() => ec2.start());
  afterEach(async () => {
    ec2.client.destroy();
    await ec2.server.close();
  });
  return ec2;
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
export function numberedConnections(count: number): ConnectionAnswer[] {
  return Array.from({ length: count }, (_, index) => connectionOf(`c-${String(index).padStart(4, '0')}`));
}
