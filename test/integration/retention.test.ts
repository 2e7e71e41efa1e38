import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { ALPHA, activeRow, endedRow, type StoredItem } from '../support/recording/recorded-trail.ts';
import { expectSound } from '../support/recording/sound.ts';
import { configured, useTrail } from '../support/recording/use-trail.ts';

const ended = endedRow(activeRow('cvpn-connection-0a', '2026-11-20 07:55:00'), '2026-11-20 07:59:00');
const trail = useTrail({ [ALPHA]: [ended] });

async function chunks(): Promise<StoredItem[]> {
  return (await trail.scan(trail.options.SNAPSHOTS_TABLE)).filter(({ slot }) => slot === 'chunk');
}

const seconds = (instant: string) => Date.parse(instant) / 1000;

describe('a chunk that a newer snapshot shares', () => {
  it('lives as long as the newer one', async () => {
    await configured(trail, { RETENTION: 30 }).record();
    await trail.recordAfter(5);
    expect(await chunks()).toMatchObject([{ expiresAt: seconds('2026-12-20T08:05:00Z') }]);
  });

  it('no longer expires once the trail is kept for ever', async () => {
    await configured(trail, { RETENTION: 30 }).record();
    await configured(trail, { RETENTION: 'forever' }).recordAfter(5);
    const [chunk, ...more] = await chunks();
    expect(chunk).not.toHaveProperty('expiresAt');
    expect(more).toEqual([]);
  });
});

/** Takes all chunks away, as DynamoDB does when their time has come. */
async function removeChunks(): Promise<void> {
  for (const { endpointId, slot } of await chunks()) {
    const Key = { endpointId, slot };
    await trail.tables.documents.send(new DeleteCommand({ TableName: trail.options.SNAPSHOTS_TABLE, Key }));
  }
}

describe('a snapshot whose chunks are gone', () => {
  it('since they have expired is passed over by the projection, which goes on with the next', async () => {
    await configured(trail, { RETENTION: 1 }).record();
    await removeChunks();
    trail.rows[ALPHA] = [activeRow('cvpn-connection-0b', '2026-11-22 07:55:00')];
    const { endpoints, failures } = await trail.recordAfter(2 * 24 * 60);
    expect(failures).toEqual([]);
    expect(endpoints[0]).toMatchObject({ outcome: 'committed', opened: 1 });
  });

  it('before their time stops the projection: what was removed ends no connection and opens none', async () => {
    await configured(trail, { RETENTION: 30 }).record();
    await removeChunks();
    trail.rows[ALPHA] = [activeRow('cvpn-connection-0b', '2026-11-20 07:55:00')];
    const { endpoints, failures } = await trail.recordAfter(5);
    expect(failures).toMatchObject([{ endpointId: ALPHA, reason: 'store' }]);
    expect(endpoints[0]).toMatchObject({ opened: 0, ended: 0 });
    expect(await trail.manifests()).toHaveLength(2);
  });
});

describe('a projection made again', () => {
  it('lets the same connections expire at the same time', async () => {
    await configured(trail, { RETENTION: 30 }).record();
    await expectSound(trail);
  });
});
