import { generateKeyPairSync } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { BatchWriteCommand, paginateScan, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { afterAll } from 'vitest';
import { documentClient } from '../../../lambda/dynamodb/documents.ts';
import { DynamoDbProjection } from '../../../lambda/dynamodb/dynamodb-projection.ts';
import { DynamoDbSnapshotLog } from '../../../lambda/dynamodb/dynamodb-snapshot-log.ts';
import { CONNECTIONS, SNAPSHOTS } from '../../../lambda/dynamodb/tables.ts';
import { type RecorderPorts, type RecordingRun, record } from '../../../lambda/recorder/recorder.ts';
import type { RecordingSummary } from '../../../lambda/recorder/summary.ts';
import { unpackChunk } from '../../../lambda/trail/chunks.ts';
import type { Connection } from '../../../lambda/trail/connection.ts';
import type { Elements } from '../../../lambda/trail/element.ts';
import type { Manifest } from '../../../lambda/trail/snapshot.ts';
import { itemHashes, parseLine } from '../../../lambda/trail/snapshot.ts';
import { signerOf } from '../../../local/signing-key.ts';
import type { World } from '../../../local/simulated-client-vpn/world.ts';
import {
  LOOKED_UP,
  loopbackClient,
  type MadeTables,
  makeTable,
  startTrailTables,
  withoutNeedless,
} from '../servers/embedded-dynamodb.ts';
import { type FaultyEc2, startFaultyEc2 } from '../servers/faulty-ec2.ts';
import { MemoryArchive } from './memory-archive.ts';
import { RECORDER_OPTIONS } from './recorder-options.ts';

export const ALPHA = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
export const BETA = 'cvpn-endpoint-0bbbbbbbbbbbbbbbb';

/** A stored item, of either table. */
export interface StoredItem extends Record<string, unknown> {
  readonly endpointId: string;
  readonly slot: string;
  readonly connectionId: string;
  readonly manifest?: string;
}

let engine: Promise<MadeTables> | undefined;
let started = 0;

afterAll(async () => {
  await (await engine)?.close();
  engine = undefined;
});

/** The recorder with a store and a simulated EC2 of its own; a test sets what AWS lists and what time it is. */
export class RecordedTrail {
  now = new Date('2026-11-20T08:00:00Z');
  /** How far the machine's clock is ahead of that, in seconds. */
  ahead = 0;
  /** What AWS lists, by endpoint. */
  rows: Record<string, Elements[]> = { [ALPHA]: [] };
  tables!: MadeTables;
  ec2!: FaultyEc2;
  /** Counts up with each call that must not last for ever; a test may abort them all. */
  stalls = new AbortController();
  options = RECORDER_OPTIONS;
  readonly archive = new MemoryArchive();
  signer = signerOf(generateKeyPairSync('ed25519').privateKey);
  #own: RecorderPorts | undefined;

  /** With tables of its own, in an engine that all trails of a test file share. */
  static async start(): Promise<RecordedTrail> {
    const trail = new RecordedTrail();
    engine ??= startTrailTables();
    trail.tables = await engine;
    const number = ++started;
    trail.options = {
      ...trail.options,
      SNAPSHOTS_TABLE: `Snapshots-${number}`,
      CONNECTIONS_TABLE: `Connections-${number}`,
    };
    await makeTable(trail.tables.client, trail.options.SNAPSHOTS_TABLE, SNAPSHOTS);
    await makeTable(trail.tables.client, trail.options.CONNECTIONS_TABLE, CONNECTIONS);
    trail.ec2 = await startFaultyEc2(trail.world, () => trail.now);
    return trail;
  }

  /** A trail of its own that has what this one has. */
  async copy(): Promise<RecordedTrail> {
    const { rows, now, signer } = this;
    const copy = Object.assign(await RecordedTrail.start(), { rows, now, signer });
    for (const [key, bytes] of this.archive.objects) copy.archive.objects.set(key, bytes);
    await copy.#fill(copy.options.SNAPSHOTS_TABLE, await this.scan(this.options.SNAPSHOTS_TABLE));
    await copy.#fill(copy.options.CONNECTIONS_TABLE, await this.scan(this.options.CONNECTIONS_TABLE));
    return copy;
  }

  async #fill(table: string, items: StoredItem[]): Promise<void> {
    const puts = items.map((Item) => ({ PutRequest: { Item } }));
    // So many a request takes at most.
    while (puts.length > 0) {
      await this.tables.documents.send(new BatchWriteCommand({ RequestItems: { [table]: puts.splice(0, 25) } }));
    }
  }

  get world(): World {
    return {
      endpoints: () => Object.keys(this.rows).map(description),
      connections: (endpointId) => this.rows[endpointId] ?? [],
    };
  }

  /** Clients that nobody else uses. Retries come at once: nothing waits in a test. */
  ports(dynamodb: DynamoDBClient = loopbackClient(this.tables.endpoint)): RecorderPorts & { dynamodb: DynamoDBClient } {
    const ec2 = withoutNeedless(
      new EC2Client({
        ...LOOKED_UP,
        endpoint: this.ec2.url,
        region: 'eu-central-1',
        retryStrategy: new ConfiguredRetryStrategy(4, () => 0),
      }),
    );
    return {
      ec2,
      dynamodb,
      documents: documentClient(dynamodb),
      archive: this.archive,
      signer: this.signer,
      now: () => this.ownNow,
      elapsed: () => this.now.getTime(),
      timeout: () => this.stalls.signal,
    };
  }

  /** The time by the machine's clock. */
  get ownNow(): Date {
    return new Date(this.now.getTime() + this.ahead * 1000);
  }

  /** Lets minutes pass and records at that time. */
  async recordAfter(minutes: number, run?: RecordingRun): Promise<RecordingSummary> {
    this.now = new Date(this.now.getTime() + minutes * 60_000);
    return this.record(run);
  }

  /** Records so many snapshots five minutes apart. */
  async recordTimes(times: number): Promise<void> {
    for (let time = 0; time < times; time++) await this.recordAfter(5);
  }

  /** Records now; by itself with the same clients each time, which need not be made and connected again. */
  async record(run?: RecordingRun, ports?: RecorderPorts): Promise<RecordingSummary> {
    this.#own ??= this.ports();
    return record(ports ?? { ...this.#own, signer: this.signer }, this.options, this.ownNow, run);
  }

  get log(): DynamoDbSnapshotLog {
    return new DynamoDbSnapshotLog(this.tables.documents, this.options.SNAPSHOTS_TABLE);
  }

  async connection(id: string): Promise<Connection | undefined> {
    const projection = new DynamoDbProjection(this.tables.documents, this.options.CONNECTIONS_TABLE);
    return (await projection.readConnections([id])).get(id);
  }

  async manifests(endpointId = ALPHA): Promise<Manifest[]> {
    return Array.fromAsync(this.log.readManifestsAfter(endpointId, undefined));
  }

  /** The rows of the newest snapshot, as they are stored. */
  async storedRows(endpointId = ALPHA): Promise<Elements[]> {
    const manifest = (await this.manifests(endpointId)).at(-1);
    const chunks = (manifest?.chunks ?? []).map(async (reference) => {
      const bytes = await this.log.readChunk(endpointId, reference);
      return bytes ? unpackChunk(reference, bytes) : [];
    });
    return (await Promise.all(chunks)).flat().map(parseLine);
  }

  /** Items of one partition of the evidence. */
  async items(partition: string): Promise<StoredItem[]> {
    const { Items } = await this.tables.documents.send(
      new QueryCommand({
        TableName: this.options.SNAPSHOTS_TABLE,
        KeyConditionExpression: 'endpointId = :partition',
        ExpressionAttributeValues: { ':partition': partition },
      }),
    );
    return (Items ?? []) as StoredItem[];
  }

  async scan(table: string): Promise<StoredItem[]> {
    const pages = paginateScan({ client: this.tables.documents }, { TableName: table });
    return (await Array.fromAsync(pages)).flatMap(({ Items }) => (Items ?? []) as StoredItem[]);
  }

  /**
   * Both tables, item by item, without chunks that no manifest names: a crash may leave those, and they harm nobody.
   */
  async contents(): Promise<{ snapshots: Map<string, StoredItem>; connections: Map<string, StoredItem> }> {
    const snapshots = await this.scan(this.options.SNAPSHOTS_TABLE);
    const named = new Set(snapshots.flatMap(({ manifest }) => (manifest ? chunksOf(manifest) : [])));
    const kept = snapshots.filter(({ endpointId, slot }) => slot !== 'chunk' || named.has(endpointId));
    const connections = await this.scan(this.options.CONNECTIONS_TABLE);
    return {
      snapshots: new Map(kept.map((item) => [`${item.endpointId} ${item.slot}`, item])),
      connections: new Map(connections.map((item) => [item.connectionId, item])),
    };
  }

  close(): Promise<void> {
    return this.ec2.close();
  }
}

function chunksOf(manifest: string): string[] {
  const { endpointId, chunks } = JSON.parse(manifest) as Manifest;
  return chunks.flatMap(itemHashes).map((sha256) => `${endpointId}#${sha256}`);
}

function description(endpointId: string): Elements {
  return {
    clientVpnEndpointId: endpointId,
    status: { code: 'available' },
    clientCidrBlock: '172.31.0.0/16',
    serverCertificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1a2b3c4d-0000-4000-8000-000000000000',
  };
}

/** A row of a live connection, as AWS gives it. */
export function activeRow(id: string, established: string, more: Elements = {}): Elements {
  return {
    clientVpnEndpointId: ALPHA,
    timestamp: '2026-11-20 08:00:00',
    connectionId: id,
    connectionEstablishedTime: established,
    ingressBytes: '100',
    egressBytes: '200',
    ingressPackets: '3',
    egressPackets: '4',
    clientIp: addressOf(id),
    commonName: 'alice.example.com',
    status: { code: 'active' },
    connectionEndTime: '-',
    ...more,
  };
}

/** An address of its own: `172.31.0.225` of `…-0a`. */
function addressOf(id: string): string {
  const host = 215 + Number.parseInt(/[0-9a-f]{0,4}$/.exec(id)?.[0] || '0', 16);
  return `172.31.${(host >> 8) & 255}.${host & 255}`;
}

/** The same connection after its end. */
export function endedRow(row: Elements, end: string, more: Elements = {}): Elements {
  return { ...row, timestamp: end, status: { code: 'terminated' }, connectionEndTime: end, ...more };
}
