import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { type Problem, problem } from '../../lambda/query/schemas/trail.ts';
import { AskedTrail, settingsOf } from '../support/command/asked-trail.ts';
import { ALPHA, activeRow, type RecordedTrail } from '../support/recording/recorded-trail.ts';
import { loopbackClient } from '../support/servers/embedded-dynamodb.ts';

let trail: RecordedTrail;
let asked: AskedTrail;

/** Of all tests: nothing that is refused changes a trail. */
beforeAll(async () => {
  ({ trail, asked } = await AskedTrail.start());
  const row = (number: number) => activeRow(`cvpn-connection-1${number}`, `2026-11-20 07:5${number}:00`);
  trail.rows = { [ALPHA]: [row(0), row(1), row(2)] };
  await trail.recordTimes(3);
});
afterAll(() => trail.close());

/** A problem document, with the header that says that it is one. */
async function refused(question: string, by = asked): Promise<Problem> {
  const response = await by.fetch(question);
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  const document = problem.strict().parse(await response.json());
  expect(document.status).toBe(response.status);
  return document;
}

describe('bad input', () => {
  it('is refused with every error: the parameter, what came, what is expected', async () => {
    const document = await refused('/connections?ip=1.2.3&since=yesterday&limit=0&match=all&nmae=x&status=Active');
    expect(document).toMatchObject({
      type: '/problems/parameters-invalid',
      status: 400,
      requestId: expect.stringMatching(/^request-/),
    });
    expect(document.errors).toEqual(
      expect.arrayContaining([
        { parameter: 'nmae', given: 'x', expected: expect.stringContaining('no such parameter') },
        { parameter: 'ip', given: '1.2.3', expected: 'an IPv4 or IPv6 address like 172.31.0.225' },
        { parameter: 'since', given: 'yesterday', expected: expect.stringContaining('or a day like 2026-11-22') },
        { parameter: 'limit', given: '0', expected: 'a whole number from 1 to 1000' },
        { parameter: 'match', given: 'all', expected: 'overlap, started or ended' },
        { parameter: 'status', given: 'Active', expected: expect.stringContaining('terminated') },
      ]),
    );
    expect(document.errors).toHaveLength(6);
    expect(document.detail).toContain('ip: got "1.2.3", expected an IPv4');
  });

  it.each([
    ['/connections?at=2026-11-20T08:00:00Z&since=2026-11-20T07:00:00Z', 'at'],
    ['/connections?at=2026-11-20T08:00:00Z&match=ended', 'match'],
    ['/connections?since=2026-11-20T08:00:00Z&until=2026-11-20T07:59:59Z', 'until'],
    ['/coverage?since=2026-11-20T08:00:00Z&until=2026-11-20T07:59:59Z', 'until'],
    ['/accesses?since=2026-11-20T08:00:00Z&until=2026-11-20T07:59:59Z', 'until'],
    ['/snapshots?since=2026-11-20T08:00:00Z', 'endpoint'],
    [`/snapshots?endpoint=${ALPHA}&endpoint=${ALPHA}`, 'endpoint'],
    ['/endpoints?endpoint=x', 'endpoint'],
    ['/connections/cvpn-connection-0a?limit=1', 'limit'],
  ])('%s is refused for %s', async (question, parameter) => {
    const { status, errors } = await refused(question);
    expect(status).toBe(400);
    expect(errors?.map((error) => error.parameter)).toEqual([parameter]);
  });

  it('of several contradictions names each', async () => {
    const { errors } = await refused('/connections?at=2026-11-20T08:00:00Z&until=2026-11-20T09:00:00Z&match=started');
    expect(errors?.map(({ parameter }) => parameter)).toEqual(['at', 'match']);
  });

  it('is bounded in size: of the question, of a value, and of how many there are', async () => {
    const long = Array.from({ length: 100 }, () => `user=${'x'.repeat(200)}`).join('&');
    expect(await refused(`/connections?${long}`)).toMatchObject({
      status: 400,
      detail: 'Expected parameters of at most 16384 characters.',
    });
    expect((await refused(`/connections?user=${'x'.repeat(257)}`)).errors?.[0]?.given).toHaveLength(81);
    const many = Array.from({ length: 201 }, (_, number) => `user=u${number}`).join('&');
    expect((await refused(`/connections?${many}`)).errors).toEqual([
      { parameter: 'user', given: '201 values', expected: 'at most 200 values' },
    ]);
  });
});

describe('what is not there', () => {
  it.each([
    ['/connections/cvpn-connection-00', 'connection-not-found'],
    ['/connections/cvpn-connection-00/usage', 'connection-not-found'],
    ['/connections/cvpn-connection-00/history', 'connection-not-found'],
    [`/connections/${encodeURIComponent(`#watermark#${ALPHA}`)}`, 'connection-not-found'],
    ['/connections?endpoint=cvpn-endpoint-00000000000000000', 'endpoint-not-recorded'],
    ['/coverage?endpoint=cvpn-endpoint-00000000000000000', 'endpoint-not-recorded'],
    ['/snapshots?endpoint=cvpn-endpoint-00000000000000000', 'endpoint-not-recorded'],
    [`/snapshots/${ALPHA}/2026-11-20T07:00:00Z`, 'snapshot-not-found'],
    [`/snapshots/${ALPHA}/chunk`, 'snapshot-not-found'],
    [`/snapshots/${ALPHA}/2026-11-20T08:05:00Z/chunks/7`, 'snapshot-not-found'],
    [`/snapshots/${ALPHA}/2026-11-20T08:05:00Z/chunks/-1`, 'snapshot-not-found'],
    [`/snapshots/${encodeURIComponent('#endpoints')}/${ALPHA}`, 'snapshot-not-found'],
    ['/nothing', 'no-such-route'],
    ['/', 'no-such-route'],
  ])('%s is answered with 404 %s', async (question, kind) => {
    expect(await refused(question)).toMatchObject({ status: 404, type: `/problems/${kind}` });
  });

  it('is named as it was asked for', async () => {
    const { detail } = await refused('/connections/none%0Asuch/usage');
    expect(detail).toMatch(/^No connection "none\uFFFDsuch" is recorded, or it has expired; expected an id like cvpn-/);
  });

  it('names the endpoints that there are', async () => {
    const { detail } = await refused('/connections?endpoint=cvpn-endpoint-00000000000000000');
    expect(detail).toContain(`recorded are ${ALPHA}`);
  });

  it.each([
    ['DELETE', '/connections', 'GET, HEAD'],
    ['POST', '/connections/c-1/usage', 'GET, HEAD'],
    ['PUT', '/openapi.json', 'GET, HEAD'],
    ['GET', '/exports', 'POST'],
    ['DELETE', '/exports', 'POST'],
  ])('another method than an address answers is: %s %s, which answers %s', async (method, path, allowed) => {
    const caller = { principal: 'anyone', requestId: 'request-0' };
    const answer = await asked.app.fetch(new Request(`http://trail${path}`, { method }), { caller });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed]);
    expect(await answer.json()).toMatchObject({ detail: `Got ${method}, expected ${allowed}.` });
  });
});

describe('a cursor', () => {
  const cursorOf = async (question: string) => (await asked.ask<{ cursor: string }>(question)).body.cursor;

  it('goes on with its own question, the parameters in any order and the limit another', async () => {
    const cursor = await cursorOf('/connections?user=alice.example.com&status=active&limit=1');
    const { body } = await asked.ask<{ connections: { connectionId: string }[] }>(
      `/connections?limit=2&status=active&cursor=${cursor}&user=alice.example.com`,
    );
    const ids = body.connections.map(({ connectionId }) => connectionId);
    expect(ids).toEqual(['cvpn-connection-11', 'cvpn-connection-10']);
  });

  it.each([
    ['/connections?limit=1', '/connections?user=alice.example.com'],
    ['/connections?user=alice.example.com&limit=1', '/connections?user=ALICE.example.com'],
    ['/connections?at=now&limit=1', '/connections'],
    [`/snapshots?endpoint=${ALPHA}&limit=1`, '/connections'],
    ['/connections/cvpn-connection-10/usage?limit=1', '/connections/cvpn-connection-11/usage'],
    ['/connections/cvpn-connection-10/usage?limit=1', '/connections/cvpn-connection-10/history'],
  ])('of %s is refused by %s', async (question, other) => {
    const cursor = await cursorOf(question);
    expect(cursor).toBeTypeOf('string');
    const document = await refused(`${other}${other.includes('?') ? '&' : '?'}cursor=${cursor}`);
    expect(document).toMatchObject({ status: 400, type: '/problems/cursor-invalid' });
  });

  it.each(['abc', 'W10', 'bnVsbA', Buffer.from('[2,"x","2026-11-20"]').toString('base64url')])(
    '%s is none',
    async (cursor) => {
      expect(await refused(`/connections?cursor=${cursor}`)).toMatchObject({ type: '/problems/cursor-invalid' });
    },
  );
});

describe('a store that cannot be reached', () => {
  const secrets = ['127.0.0.1', 'ECONN', 'Snapshots-', 'Connections-', 'Accesses', 'node_modules', '.ts:', 'DynamoDB'];

  function expectNothingOfTheInside(document: Problem): void {
    const text = JSON.stringify(document);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  }

  it('is told as such, with nothing of the inside, which is told to the log', async () => {
    const client = loopbackClient('http://127.0.0.1:9');
    const down = await AskedTrail.over(trail, { documents: documentClient(client) });
    const document = await refused('/connections', down);
    expect(document).toMatchObject({ status: 503, type: '/problems/trail-unavailable' });
    expectNothingOfTheInside(document);
    expect(down.errors).toHaveLength(1);
  });

  it('or is not the one that is configured: 500, with nothing of the inside', async () => {
    const settings = { ...settingsOf(trail), CONNECTIONS_TABLE: 'Connections-none' };
    const wrong = await AskedTrail.over(trail, { settings });
    const document = await refused('/connections', wrong);
    expect(document).toMatchObject({ status: 500, type: '/problems/internal-error', requestId: 'request-1' });
    expectNothingOfTheInside(document);
    expect(wrong.errors).toHaveLength(1);
  });

  it('for the accesses refuses the answer and gives no data', async () => {
    const settings = { ...settingsOf(trail), ACCESSES_TABLE: 'Accesses-none' };
    const blind = await AskedTrail.over(trail, { settings });
    for (const question of ['/connections', '/connections/cvpn-connection-10', '/endpoints', '/coverage']) {
      const document = await refused(question, blind);
      expect(document).toMatchObject({ status: 503, type: '/problems/access-not-noted' });
      expect(JSON.stringify(document)).not.toContain('alice');
      expectNothingOfTheInside(document);
    }
    expect(blind.errors).toHaveLength(4);
  });
});
