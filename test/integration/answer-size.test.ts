import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESSES } from '../../lambda/dynamodb/tables.ts';
import { readCursor } from '../../lambda/query/cursor.ts';
import { createHandler } from '../../lambda/query/handler.ts';
import { answerList, fitAnswer } from '../../lambda/query/list-answer.ts';
import type { ConnectionsAnswer } from '../../lambda/query/schemas/connection.ts';
import { createTable } from '../../local/create-tables.ts';
import { settingsOf } from '../support/command/asked-trail.ts';
import { liveRows } from '../support/exports/exported-trail.ts';
import { ALPHA, activeRow, RecordedTrail } from '../support/recording/recorded-trail.ts';
import { apiGatewayEvent } from '../support/servers/api-gateway-event.ts';

/** What Lambda takes of a response (Lambda quotas, invocation payload), as its error says it. */
const MOST_BYTES = 6_291_556;
const CONNECTIONS = 600;
/** An element that this version does not know: of little size in the trail, and four times as much where it is sent. */
const FACTS = '"'.repeat(3_700);

let trail: RecordedTrail;
let asked = 0;
let handler: ReturnType<typeof createHandler>;

beforeAll(async () => {
  trail = await RecordedTrail.start();
  trail.rows = { [ALPHA]: liveRows(CONNECTIONS, (id) => activeRow(id, '2026-11-20 07:58:34', { deviceFacts: FACTS })) };
  await trail.recordTimes(1);
  const settings = settingsOf(trail);
  await createTable(trail.tables.client, settings.ACCESSES_TABLE, ACCESSES);
  handler = createHandler(Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])), {
    documents: trail.tables.documents,
    now: () => trail.now,
    onError: (error) => {
      throw error;
    },
  });
}, 120_000);
afterAll(() => trail.close());

/** The connections of every page, and how many pages there were; none was more than Lambda sends. */
async function walk(query: string) {
  const found: string[] = [];
  let cursor = '';
  for (let pages = 1; ; pages += 1) {
    const event = apiGatewayEvent('/connections', `${query}&limit=1000${cursor}`);
    asked += 1;
    event.requestContext.requestId = `request-${asked}`;
    const answer = (await handler(event as never, {} as Context)) as APIGatewayProxyStructuredResultV2;
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(MOST_BYTES);
    expect(answer.statusCode).toBe(200);
    const body = JSON.parse(answer.body ?? '') as ConnectionsAnswer;
    found.push(...body.connections.map(({ connectionId }) => connectionId));
    if (body.cursor === undefined) return { found, pages };
    cursor = `&cursor=${body.cursor}`;
  }
}

describe('a list that Lambda would not send', () => {
  it.each([
    ['of a window', 'since=2026-11-20T07:00:00Z'],
    ['at an instant', 'at=2026-11-20T08:04:00Z'],
    ['now', 'at=now'],
  ])('of open connections %s ends in time, and goes on', async (_, query) => {
    const { found, pages } = await walk(query);
    expect([found.length, new Set(found).size, pages]).toEqual([CONNECTIONS, CONNECTIONS, 2]);
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
  it('and that cannot end sooner is refused', () => {
    const large = { rows: 1, body: { text: '"'.repeat(1_600_000) } };
    expect(() => fitAnswer(large)).toThrow('more than 6000000 bytes, which is all that can be sent');
    const list = { name: 'rows', endAfter: () => undefined };
    expect(() => fitAnswer({ rows: 1, body: { rows: [large.body] }, list })).toThrow('all that can be sent');
  });

  it('of which nothing is to spare is sent as it is', () => {
    const body = { text: 'é'.repeat(2_900_000) };
    expect(fitAnswer({ rows: 1, body })).toEqual({ rows: 1, content: JSON.stringify(body) });
  });
});
