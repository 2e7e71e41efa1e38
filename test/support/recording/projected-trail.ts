import { toConnectionItem } from '../../../lambda/dynamodb/connection-item.ts';
import { DynamoDbProjection } from '../../../lambda/dynamodb/dynamodb-projection.ts';
import { type Connection, isUnlisted } from '../../../lambda/trail/connection.ts';
import { isOdd } from '../../../lambda/trail/misdated.ts';
import type { Manifest } from '../../../lambda/trail/snapshot.ts';
import { addSeconds, type Instant } from '../../../lambda/trail/time.ts';
import { manifestAt } from './made-manifest.ts';
import { BETA, RecordedTrail } from './recorded-trail.ts';
import { writeItems } from './write-items.ts';

/** How far an endpoint is recorded and projected: the ends of its first, its last projected and its newest snapshot. */
export interface Recorded {
  readonly endpointId: string;
  readonly first: Instant;
  readonly projected: Instant;
  readonly newest: Instant;
}

/** Whose endpoint {@link BETA} is; the others are those of {@link manifestAt}. */
export const OF_BETA = { accountId: '999988887777', region: 'us-east-1' } as const;

/** A trail whose projection a test writes as it is, without snapshots to make it from. */
export class ProjectedTrail {
  readonly trail: RecordedTrail;
  readonly #entries = new Map<string, Manifest>();
  /** Endpoints with an odd connection. */
  readonly #odd = new Set<string>();
  /** Endpoints with an unlisted connection. */
  readonly #unlisted = new Set<string>();

  private constructor(trail: RecordedTrail) {
    this.trail = trail;
  }

  static async start(): Promise<ProjectedTrail> {
    return new ProjectedTrail(await RecordedTrail.start());
  }

  close(): Promise<void> {
    return this.trail.close();
  }

  async write(connections: readonly Connection[]): Promise<void> {
    for (const { endpointId } of connections.filter(isOdd)) this.#odd.add(endpointId);
    for (const { endpointId } of connections.filter(isUnlisted)) this.#unlisted.add(endpointId);
    const items = connections.map((connection) => toConnectionItem(connection, undefined));
    await writeItems(this.trail.tables.documents, this.trail.options.CONNECTIONS_TABLE, items);
  }

  /** Empties both tables, which is quicker than to make new ones. */
  async clear(): Promise<void> {
    const { SNAPSHOTS_TABLE, CONNECTIONS_TABLE } = this.trail.options;
    for (const table of [SNAPSHOTS_TABLE, CONNECTIONS_TABLE]) {
      const items = await this.trail.scan(table);
      const keys = items.map(({ endpointId, slot, connectionId }) =>
        table === SNAPSHOTS_TABLE ? { endpointId, slot } : { connectionId },
      );
      await writeItems(this.trail.tables.documents, table, [], keys);
    }
    this.#entries.clear();
    this.#odd.clear();
    this.#unlisted.clear();
  }

  /** Appends the snapshots that stand for an endpoint's log, and projects it so far. */
  async record({ endpointId, first, projected, newest }: Recorded): Promise<void> {
    await this.trail.log.putDescription(endpointId, {
      clientVpnEndpointId: endpointId,
      clientCidrBlock: '10.0.0.0/22',
    });
    await this.#commit(endpointId, first);
    if (projected > first) await this.#commit(endpointId, projected);
    await this.#saveWatermark(endpointId);
    if (newest > projected) await this.#commit(endpointId, newest);
  }

  /** A recording that is projected too. */
  async recordNext(endpointId: string, f: Instant): Promise<void> {
    await this.#commit(endpointId, f);
    await this.#saveWatermark(endpointId);
  }

  async #commit(endpointId: string, f: Instant): Promise<void> {
    const previous = this.#entries.get(endpointId);
    // Of a second; what it listed is in the connections that the test wrote.
    const slot = addSeconds(f, -1);
    const before = previous ? { previousSlot: previous.slot, previousS: previous.s } : {};
    const manifest = manifestAt(endpointId, previous ? previous.entry + 1 : 0, slot, {
      f,
      ...before,
      ...(endpointId === BETA ? OF_BETA : {}),
    });
    await this.trail.log.commit(manifest, await this.trail.log.readHead(endpointId), undefined);
    this.#entries.set(endpointId, manifest);
  }

  async #saveWatermark(endpointId: string): Promise<void> {
    const projection = new DynamoDbProjection(this.trail.tables.documents, this.trail.options.CONNECTIONS_TABLE);
    const manifest = this.#entries.get(endpointId);
    if (!manifest) throw new Error(`nothing is recorded of ${endpointId}`);
    const { entry, slot, s, f } = manifest;
    const noneOdd = this.#odd.has(endpointId) ? {} : { noneOdd: true as const };
    const unlisted = this.#unlisted.has(endpointId) ? [{ entry, slot }] : [];
    await projection.saveWatermark({ endpointId, entry, slot, s, f, unlisted, ...noneOdd });
  }
}
