import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import { createQueryApp } from '../../lambda/query/app.ts';
import { ANALYST } from '../support/command/asked-trail.ts';
import { MemoryDocuments } from '../support/odd-truths/memory-documents.ts';
import { ALPHA, BETA } from '../support/recording/recorded-trail.ts';
import { anyChange, anyRuns, CHANGES_OF_TABLES, makeChange } from '../support/tampering/any-change.ts';
import { BOMB, NESTED, NO_NUMBERS } from '../support/tampering/tampered-case.ts';
import { ID } from '../support/tampering/tampered-names.ts';
import { richStory } from '../support/tampering/tampered-story.ts';
import type { TamperedTrail } from '../support/tampering/tampered-trail.ts';

const SETTINGS = {
  SNAPSHOTS_TABLE: 'Snapshots',
  CONNECTIONS_TABLE: 'Connections',
  ACCESSES_TABLE: 'Accesses',
  INTERVAL_MINUTES: 5,
  EPSILON_SECONDS: 120,
};

/** The API over the tables of a trail, and others beside them. */
async function apiOver(trail: TamperedTrail, accesses: readonly Item[] = []) {
  const documents = new MemoryDocuments();
  const tables = {
    Snapshots: trail.snapshots.values(),
    Connections: trail.connections.values(),
    Accesses: accesses.values(),
  };
  for (const [TableName, items] of Object.entries(tables))
    for (const item of items) await documents.send(new PutCommand({ TableName, Item: item }));
  const hidden: unknown[] = [];
  const onError = (error: unknown) => hidden.push(error);
  const app = createQueryApp({ documents, settings: SETTINGS, now: () => trail.now, onError });
  let requests = 0;
  return async (question: string) => {
    requests += 1;
    const caller = { principal: ANALYST, requestId: `request-${requests}` };
    const response = await app.fetch(new Request(`http://trail${question}`), { caller });
    const isJson = response.headers.get('Content-Type')?.includes('json');
    const { type, detail } = (isJson ? await response.json() : {}) as { type?: string; detail?: string };
    return { status: response.status, type, detail, hidden: hidden.at(-1) };
  };
}

describe('the API says which item is wrong, of', () => {
  const HALF = NO_NUMBERS[0];
  const slot = (trail: TamperedTrail, entry: number) => trail.manifest(ALPHA, entry).slot;
  it.each<[string, (trail: TamperedTrail) => void, (trail: TamperedTrail) => string, string]>([
    [
      'a connection',
      (trail) => trail.change(ID.bob, { ingressBytes: HALF }),
      () => `/connections/${ID.bob}`,
      `connection ${ID.bob} is not as it was recorded: ingressBytes`,
    ],
    [
      'a connection that is searched for',
      (trail) => trail.change(ID.bob, { other: NESTED }),
      () => '/connections?user=bob',
      'nested deeper than 1000 levels',
    ],
    [
      'a watermark',
      (trail) => trail.change(trail.watermarkKey(ALPHA), { slot: 'x' }),
      () => '/connections',
      `The watermark of ${ALPHA} is not as it was recorded: slot is "x"`,
    ],
    [
      'a head',
      (trail) => trail.change(trail.headKey(ALPHA), { entry: NO_NUMBERS[1] }),
      () => '/endpoints',
      `The head of the log of ${ALPHA} is not as it was recorded: entry`,
    ],
    [
      'a gap',
      (trail) => trail.change(trail.gapKeys(ALPHA)[0] ?? '', { end: HALF }),
      () => '/coverage?since=2026-11-20T22:00:00Z',
      `in ${ALPHA}#gaps is not as it was recorded: end`,
    ],
    [
      'a manifest',
      (trail) => trail.change(trail.manifestKey(ALPHA, 0), { manifest: NESTED }),
      () => `/snapshots?endpoint=${ALPHA}`,
      'nested deeper than 1000 levels',
    ],
    [
      'the hashes beside a manifest',
      (trail) => trail.change(trail.manifestKey(ALPHA, 0), { root: {} }),
      (trail) => `/snapshots/${ALPHA}/${slot(trail, 0)}`,
      `The manifest of ${ALPHA} at 2026-11-20T22:00:00Z is not as it was recorded: root`,
    ],
    [
      'a chunk',
      (trail) => trail.change(trail.chunkKey(ALPHA, 0), { rows: BOMB }),
      () => `/connections/${ID.bob}/history`,
      'cannot be unpacked',
    ],
    [
      'a checkpoint',
      (trail) => trail.change(trail.checkpointKey(ALPHA), { publicKey: Buffer.alloc(31) }),
      () => '/keys',
      `The newest checkpoint of ${ALPHA} is not as it was recorded: publicKey is 31 bytes`,
    ],
    [
      'entries that name each other as the one before',
      (trail) => {
        const manifest = trail.manifestWith(ALPHA, -1, { kind: 'closed', previousSlot: slot(trail, -1) });
        trail.change(trail.manifestKey(ALPHA, -1), { manifest });
      },
      () => '/connections?at=now',
      'at 2026-11-21T01:30:00Z names 2026-11-21T01:30:00Z as the entry before it',
    ],
  ])('%s', async (_, change, question, words) => {
    const trail = (await richStory()).whole.copy();
    change(trail);
    const { status, type, detail } = await (await apiOver(trail))(question(trail));
    expect([status, type, detail]).toEqual([500, '/problems/item-unreadable', expect.stringContaining(words)]);
  });

  it('a record of who asked', async () => {
    const { whole } = await richStory();
    const access = {
      day: '2026-11-20',
      access: '2026-11-20T22:00:00Z#r',
      principal: 'p',
      question: '/keys',
      rows: HALF,
    };
    const ask = await apiOver(whole, [access]);
    const { type, detail } = await ask('/accesses?since=2026-11-20T00:00:00Z&until=2026-11-20T23:00:00Z');
    expect([type, detail]).toEqual(['/problems/item-unreadable', expect.stringContaining('rows is a')]);
  });
});

/** Each route, as far as what it reads differs. */
function questions(trail: TamperedTrail): string[] {
  const slots = [0, 1, 4, 8].map((entry) => trail.manifest(ALPHA, entry).slot);
  const byId = ['', '/history', '/usage'].flatMap((more) =>
    [ID.anna, ID.bob, ID.gina].map((id) => `/connections/${id}${more}`),
  );
  const bySlot = ['', '/chunks/0', '/proof'].flatMap((more) =>
    slots.map((slot) => `/snapshots/${ALPHA}/${slot}${more}`),
  );
  return [
    '/connections?at=now',
    '/connections?user=anna',
    `/connections?ip=172.31.0.4&at=${slots[4]}`,
    `/connections?match=ended&since=${slots[0]}&endpoint=${BETA}`,
    ...byId,
    '/endpoints',
    `/coverage?since=${slots[0]}`,
    `/snapshots?endpoint=${ALPHA}&manifests=true`,
    ...bySlot,
    `/checkpoints/${ALPHA}?from=3&range=5`,
    '/checkpoints/trail',
    '/keys',
    '/accesses',
  ];
}

it('whatever is changed in the tables, the API answers, or says in words which item is wrong', async () => {
  const { whole } = await richStory();
  const property = fc.asyncProperty(anyChange(CHANGES_OF_TABLES), async (change) => {
    const trail = whole.copy();
    await makeChange(trail, change);
    const ask = await apiOver(trail);
    for (const question of questions(whole)) {
      const { status, type, hidden } = await ask(question);
      if (status >= 500) expect([question, type, hidden]).toEqual([question, expect.stringMatching(IN_WORDS), hidden]);
    }
  });
  await fc.assert(property, anyRuns(8));
}, 3_600_000);

const IN_WORDS = /item-unreadable|store-contradicts-checkpoint|connections-outdated/;
