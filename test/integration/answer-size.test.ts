import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbProjection } from '../../lambda/dynamodb/dynamodb-projection.ts';
import { toHeadItem } from '../../lambda/dynamodb/snapshot-items.ts';
import { gapsOf, manifestKey } from '../../lambda/dynamodb/snapshot-keys.ts';
import { readCursor } from '../../lambda/query/cursor.ts';
import { createHandler } from '../../lambda/query/handler.ts';
import { answerList, fitAnswer } from '../../lambda/query/list-answer.ts';
import { packChunks } from '../../lambda/trail/chunks.ts';
import { EMPTY_RANGE } from '../../lambda/trail/proof.ts';
import { manifestText } from '../../lambda/trail/snapshot.ts';
import { addSeconds } from '../../lambda/trail/time.ts';
import { settingsOf, settingsWithAccesses } from '../support/command/asked-trail.ts';
import { liveRows } from '../support/exports/exported-trail.ts';
import { manifestAt } from '../support/recording/made-manifest.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { writeItems } from '../support/recording/write-items.ts';
import { allPages } from '../support/search/walked-pages.ts';
import { apiGatewayEvent } from '../support/servers/api-gateway-event.ts';

/** What Lambda takes of a response (Lambda quotas, invocation payload), as its error says it. */
const MOST_BYTES = 6_291_556;
const CONNECTIONS = 600;
/** An element that this version does not know: of little size in the trail, and four times as much where it is sent. */
const FACTS = '"'.repeat(3_700);

/** Snapshots of one connection: fewer than a page may ask for, whose answers would all be too large. */
const SNAPSHOTS = 450;
const ID = 'cvpn-connection-0a';
/** Allowed in a row, and seven times as much where it is sent. */
const CODE = '\u0001'.repeat(2_000);
const slotOf = (entry: number) => addSeconds('2026-11-20T08:05:00Z', 300 * entry);

let trail: RecordedTrail;
let long: RecordedTrail;
let ask: ReturnType<typeof asker>;
let askLong: ReturnType<typeof asker>;

beforeAll(async () => {
  trail = await RecordedTrail.start();
  trail.rows = { [ALPHA]: liveRows(CONNECTIONS, (id) => activeRow(id, '2026-11-20 07:58:34', { deviceFacts: FACTS })) };
  await trail.recordTimes(1);
  long = await RecordedTrail.start();
  await writeLong(long);
  for (const one of [trail, long]) await settingsWithAccesses(one);
  [ask, askLong] = [asker(trail), asker(long)];
});
afterAll(async () => {
  await trail.close();
  await long.close();
});

/** A log of snapshots that list the same row, each with the request ids of many pages. */
async function writeLong({ log, options, tables }: RecordedTrail): Promise<void> {
  const row = activeRow(ID, '2026-11-20 07:58:34', { status: { code: CODE } });
  const [chunk] = await Array.fromAsync(packChunks([{ id: ID, line: JSON.stringify(row) }]));
  if (!chunk) throw new Error('there is no chunk');
  await log.putChunk(ALPHA, chunk, undefined);
  const requestIds = Array.from({ length: 320 }, (_, page) => String(page).padStart(36, '0'));
  const one = { accountId: '123456789012', region: 'eu-central-1', endpointId: ALPHA };
  const { sha256, first, rows } = chunk;
  const contents = { pages: 320, requestIds, rows, connections: rows, chunks: [{ sha256, first, rows }] };
  const manifests = Array.from({ length: SNAPSHOTS }, (_, number) => {
    const before = number === 0 ? {} : { previousSlot: slotOf(number - 1), previousS: slotOf(number - 1) };
    return manifestAt(ALPHA, number, slotOf(number), { ...before, ...contents });
  });
  const [entry, slot, hash] = [SNAPSHOTS - 1, slotOf(SNAPSHOTS - 1), new Uint8Array(32)];
  const head = { coveredFromS: slot, firstSeenAt: slotOf(0), state: 'open', range: EMPTY_RANGE } as const;
  await writeItems(tables.documents, options.SNAPSHOTS_TABLE, [
    ...manifests.map((manifest) => {
      const text = manifestText(manifest);
      return { ...manifestKey(ALPHA, manifest.slot), manifest: text, leafHash: hash, root: hash };
    }),
    toHeadItem({ ...one, ...head, entry, slot, s: slot, f: slot }),
  ]);
  const projection = new DynamoDbProjection(tables.documents, options.CONNECTIONS_TABLE);
  const sight = { firstSeenAt: slotOf(0), firstSlot: slotOf(0), lastEntry: 0, status: 'active' };
  const connection = { connectionId: ID, ...one, establishedAt: '2026-11-20T07:58:34Z', ...sight };
  await projection.writeConnection(connection, undefined, undefined);
  await projection.saveWatermark({ endpointId: ALPHA, entry, slot, s: slot, f: slot, unlisted: [], noneOdd: true });
}

/** Asks a trail as API Gateway does; no answer is more than Lambda sends. */
function asker(one: RecordedTrail) {
  const settings = Object.entries(settingsOf(one)).map(([name, value]) => [name, String(value)]);
  const handler = createHandler(Object.fromEntries(settings), {
    documents: one.tables.documents,
    now: () => one.now,
    onError: (error) => {
      throw error;
    },
  });
  let asked = 0;
  return async (path: string, query: string): Promise<{ readonly status: number | undefined; readonly body: Body }> => {
    const event = apiGatewayEvent(path, query);
    asked += 1;
    event.requestContext.requestId = `request-${asked}`;
    const answer = (await handler(event as never, {} as Context)) as APIGatewayProxyStructuredResultV2;
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(MOST_BYTES);
    return { status: answer.statusCode, body: JSON.parse(answer.body ?? '') as Body };
  };
}

type Body = Readonly<Record<string, unknown>> & { readonly cursor?: string };

/** What is in the lists of every page, and how many pages there were. */
async function walk(asks: typeof ask, path: string, query: string, list: string, of: string) {
  const pages = await allPages(async (more) => {
    const { status, body } = await asks(path, `${query}&limit=1000${more}`);
    expect(status).toBe(200);
    return body;
  });
  const found = pages.flatMap((body) => (body[list] as Record<string, unknown>[]).map((row) => row[of]));
  return { found, pages: pages.length };
}

describe('a list that Lambda would not send', () => {
  it.each([
    ['of a window', 'since=2026-11-20T07:00:00Z'],
    ['at an instant', 'at=2026-11-20T08:04:00Z'],
    ['now', 'at=now'],
  ])('of open connections %s ends in time, and goes on', async (_, query) => {
    const { found, pages } = await walk(ask, '/connections', query, 'connections', 'connectionId');
    expect([found.length, new Set(found).size, pages]).toEqual([CONNECTIONS, CONNECTIONS, 2]);
  });

  it.each([
    [`/connections/${ID}/history`, '', 'sightings'],
    [`/connections/${ID}/usage`, '', 'samples'],
    ['/snapshots', `endpoint=${ALPHA}&manifests=true`, 'snapshots'],
  ])('of every snapshot, of %s, ends in time, and goes on', async (path, query, list) => {
    const { found, pages } = await walk(askLong, path, query, list, 'slot');
    expect(found).toEqual(Array.from({ length: SNAPSHOTS }, (_, entry) => slotOf(entry)));
    expect(pages).toBe(2);
  });

  it('of the accesses ends in time, and goes on', async () => {
    const question = `/connections?${'user=anna&'.repeat(1_600)}`;
    const asks = Array.from({ length: SNAPSHOTS }, (_, number) => String(number).padStart(4, '0'));
    const day = '2026-11-19';
    const items = asks.map((id) => ({ day, access: `${day}T08:00:00Z#${id}`, principal: 'anna', question, rows: 0 }));
    await writeItems(long.tables.documents, settingsOf(long).ACCESSES_TABLE, items);
    const window = `since=${day}T00:00:00Z&until=${day}T23:59:59Z`;
    const { found, pages } = await walk(askLong, '/accesses', window, 'accesses', 'requestId');
    expect(found).toEqual(asks.toReversed());
    expect(pages).toBe(2);
  });

  it('ends between two places, and says there what the rest says of the rows that are left', () => {
    const rows = Array.from({ length: 10 }, (_, row) => ({
      slot: `2026-11-20T08:0${row >> 1}:00Z`,
      text: '"'.repeat(300_000),
    }));
    const question = { path: '/list', search: new URLSearchParams() };
    const list = { name: 'rows', rows, placeOf: ({ slot }: { slot: string }) => slot, before: '2026-11-20T09:00:00Z' };
    const answer = fitAnswer(answerList(question, { ...list, rest: ({ length }) => ({ length }) }));
    expect(answer.rows).toBe(4);
    const { cursor, length } = JSON.parse(String(answer.content)) as { cursor: string; length: number };
    expect(length).toBe(4);
    expect(readCursor('/list', question.search, cursor)).toEqual({ before: '2026-11-20T08:01:00Z' });
  });
});

describe('an answer that Lambda would not send', () => {
  const refusal = (narrower: string) => ({
    status: 400,
    body: {
      type: '/problems/answer-too-large',
      detail: `The answer would have more than 6000000 bytes, which is all that can be sent; expected a question about less: ${narrower}.`,
    },
  });

  it('of coverage is refused with what makes it smaller, which does', async () => {
    const reasons = ['x'.repeat(250_000)];
    const gaps = Array.from({ length: 30 }, (_, hour) => addSeconds('2026-11-10T00:00:00Z', 3600 * hour));
    const items = gaps.map((slot) => ({ endpointId: gapsOf(ALPHA), slot, end: addSeconds(slot, 60), reasons }));
    await writeItems(long.tables.documents, long.options.SNAPSHOTS_TABLE, items);
    const window = 'since=2026-11-10T00:00:00Z';
    const less = 'a later since, an earlier until, or one endpoint';
    expect(await askLong('/coverage', window)).toMatchObject(refusal(less));
    expect(await askLong('/connections', window)).toMatchObject(refusal(less));
    expect(await askLong('/coverage', `${window}&until=2026-11-10T12:00:00Z`)).toMatchObject({ status: 200 });
  });

  it('of the endpoints is refused with what makes it smaller, which does', async () => {
    const ids = Array.from({ length: 9 }, (_, number) => `cvpn-endpoint-000000000000000${number}`);
    for (const id of ids) await trail.log.putDescription(id, { clientVpnEndpointId: id, note: '"'.repeat(180_000) });
    expect(await ask('/endpoints', '')).toMatchObject(refusal('one endpoint'));
    const { status, body } = await ask('/endpoints', `endpoint=${ids[0]}&endpoint=${ids[1]}`);
    expect([status, (body.endpoints as { endpointId: string }[]).map(({ endpointId }) => endpointId)]).toEqual([
      200,
      ids.slice(0, 2),
    ]);
  });

  it('and that cannot end sooner is refused', () => {
    const large = { rows: 1, body: { text: '"'.repeat(1_600_000) } };
    expect(() => fitAnswer(large)).toThrow('more than 6000000 bytes, which is all that can be sent');
    const list = { name: 'rows', endAfter: () => undefined };
    expect(() => fitAnswer({ rows: 1, body: { rows: [large.body] }, list })).toThrow('all that can be sent');
  });

  it('of which nothing is to spare is sent as it is', () => {
    const body = { text: 'é'.repeat(2_900_000) };
    expect(fitAnswer({ rows: 1, body })).toEqual({ rows: 1, content: JSON.stringify(body), type: 'application/json' });
  });
});

describe('a chunk', () => {
  it('of a row too large for an answer is refused, and said to be in the archive', () => {
    const answerOf = (bytes: number) => fitAnswer({ rows: 1, body: new Uint8Array(bytes) });
    expect(answerOf(4_400_000).content).toHaveLength(4_400_000);
    expect(() => answerOf(4_600_000)).toThrow(/4600000 bytes.*in the archive/);
  });
});
