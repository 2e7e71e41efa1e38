import { beforeEach, describe, expect, it } from 'vitest';
import { createConsole } from '../../console/app.ts';
import { stubPorts } from '../support/browser/stub-console.ts';
import { json, problemReply } from '../support/servers/fake-trail-api.ts';

const NOW = new Date('2026-11-22T14:03:00Z');
const OFFICE = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
const WINDOW = { since: '2026-11-20T00:00:00Z', until: '2026-11-22T14:00:00Z', match: 'overlap' };

let asked: string[];
/** The answers to `/connections`, one after the other; the last one again and again. */
let answers: (() => Response)[];
let endpoints: object[];

const row = (name: string, more: object = {}) => ({
  connectionId: `c-${name}`,
  endpointId: OFFICE,
  accountId: '1',
  region: 'eu-central-1',
  establishedAt: '2026-11-21T08:00:00Z',
  identity: name,
  username: name,
  ...more,
});
const found =
  (connections: object[], more: object = {}) =>
  () =>
    json({ connections, window: WINDOW, coverage: { complete: true, gaps: [] }, ...more });

beforeEach(() => {
  asked = [];
  endpoints = [{ endpointId: OFFICE, name: 'office', state: 'open' }];
  answers = [found([row('alice'), row('svc-a'), row('svc-b')])];
});

async function show(path: string) {
  const ask = async (question: string) => {
    if (question === '/endpoints') return json({ endpoints });
    asked.push(question);
    return (answers.length > 1 ? answers.shift() : answers[0])?.() ?? json({});
  };
  const response = await createConsole(stubPorts(() => NOW)).fetch(new Request(`http://127.0.0.1:8790${path}`), ask);
  return { status: response.status, location: response.headers.get('location'), page: await response.text() };
}

describe('A connection', () => {
  const sample = (minute: number, bytes: number) => ({
    slot: `2026-11-22T08:${minute}:00Z`,
    at: `2026-11-22T08:${minute}:20Z`,
    ingressBytes: bytes,
    egressBytes: bytes,
    since: { seconds: 300, ingressBytes: 10, egressBytes: 10 },
  });
  const usage = { connectionId: 'c-a', endpointId: OFFICE, samples: [sample(10, 10), sample(15, 20)], totals: {} };
  const covered = { window: WINDOW, coverage: { complete: true, gaps: [] } };

  it('shows its usage in the window of the address, and leads to narrower ones and to all of it', async () => {
    answers = [() => json({ connection: row('a'), snapshots: [], ...covered }), () => json({ ...usage, ...covered })];
    const { page } = await show('/ui/connections/c-a?since=2026-11-22T08:00&until=2026-11-22&tz=Europe/Berlin');
    expect(asked[1]).toBe(
      '/connections/c-a/usage?since=2026-11-22T07%3A00%3A00Z&until=2026-11-22T22%3A59%3A59Z&limit=288',
    );
    expect(page).toContain('since=2026-11-22T08%3A10%3A00Z&amp;until=2026-11-22T08%3A15%3A00Z&amp;tz=Europe%2FBerlin"');
    expect(page).toContain('href="/ui/connections/c-a?tz=Europe%2FBerlin&amp;usage=all">All of it</a>');
  });

  it('says what of a window is no time', async () => {
    answers = [() => json({ connection: row('a'), snapshots: [], ...covered }), () => json({ ...usage, ...covered })];
    expect((await show('/ui/connections/c-a?since=soon')).page).toMatch(
      /<span class="wrong">soon: expected a time like/,
    );
  });
});

describe('Connections', () => {
  it('asks for what the address says, with times as instants', async () => {
    await show('/ui/connections?user=a&user=b&since=7d&until=yesterday&limit=50&tz=Europe/Berlin');
    expect(asked[0]).toBe(
      '/connections?user=a&user=b&since=2026-11-15T14%3A03%3A00Z&until=2026-11-21T22%3A59%3A59Z&limit=50',
    );
  });

  it('counts what is left out on the page, and asks for all of it', async () => {
    const { page } = await show('/ui/connections?since=7d&not=user%3Asvc-*');
    expect(page).toContain('1 connection, newest established first.');
    expect(page).toContain('<strong>2 others left out</strong> by <bdi class="code">-user:svc-*</bdi>');
    expect(page).not.toContain('c-svc-a');
    expect(asked.join()).not.toContain('svc');
  });

  it.each([
    ['?usr=alice', 'usr=alice'],
    ['?not=alice', 'not=alice'],
    ['?since=soon', 'since:soon'],
    ['?ip=10.0.0', 'ip:10.0.0'],
    ['?since=2026-11-22&until=2026-11-20', 'until:2026-11-20'],
  ])('asks nothing for %s, and says what it did not understand', async (search, word) => {
    const { status, page } = await show(`/ui/connections${search}`);
    expect(status).toBe(400);
    expect(page).toContain(`<bdi class="code">${word}</bdi>: expected `);
    expect(asked).toEqual([]);
  });

  it('shows a refusal of the API beside the search, and other troubles as a page', async () => {
    const errors = [{ parameter: 'limit', given: '5000', expected: 'a whole number from 1 to 1000' }];
    answers = [() => problemReply(400, 'parameters-invalid', { errors })];
    expect((await show('/ui/connections?limit=5000')).page).toContain('limit:5000</bdi>: expected a whole number');
    answers = [() => problemReply(429, 'api-429', { detail: 'Asked too often.' })];
    const { status, page } = await show('/ui/connections');
    expect([status, page]).toEqual([429, expect.stringContaining('<h1>The trail is asked too often</h1>')]);
  });

  it('leads on with instants, as a cursor belongs to its question', async () => {
    answers = [found([row('alice')], { cursor: 'abc' }), found([row('alice')])];
    const { page } = await show('/ui/connections?since=7d');
    expect(page).toContain('href="/ui/connections?since=2026-11-15T14%3A03%3A00Z&amp;cursor=abc"');
    expect(page).toContain('1 connection on this page');
  });

  it('counts the newest starts alone where there are too many, and says so', async () => {
    answers = [found([row('alice')], { cursor: 'abc' })];
    const { page } = await show('/ui/connections?since=7d');
    expect(asked.slice(1)).toEqual(Array(2).fill('/connections?since=2026-11-15T14%3A03%3A00Z&limit=1000&cursor=abc'));
    expect(page).toMatch(/Only the newest 3 are counted, from <time datetime="2026-11-21T08:00:00Z">/);
  });

  it('reads no page beyond the last start in the window, and asks for starts where the order is that of ends', async () => {
    const older = { ...row('bob'), establishedAt: '2026-11-01T08:00:00Z' };
    answers = [found([row('alice'), older], { cursor: 'abc' })];
    await show('/ui/connections?since=7d');
    expect(asked).toHaveLength(1);
    const window = { since: '2026-11-15T14:03:00Z', until: '2026-11-22T14:03:00Z', match: 'ended' };
    answers = [found([row('alice')], { window }), found([row('alice')])];
    asked = [];
    await show('/ui/connections?since=7d&match=ended');
    expect(asked[1]).toBe(
      '/connections?since=2026-11-15T14%3A03%3A00Z&match=started&limit=1000&until=2026-11-22T14%3A03%3A00Z',
    );
  });

  it('shows the rows where the starts cannot be counted, and says why', async () => {
    answers = [found([row('alice')], { cursor: 'abc' }), () => problemReply(429, 'api-429', { detail: 'Too often.' })];
    const { status, page } = await show('/ui/connections?since=7d');
    expect(status).toBe(200);
    expect(page).toContain('When they began is not counted: Too often.');
    expect(page).toContain('c-alice');
  });

  it("names AWS's own command where it gives the same, and leaves it out where not", async () => {
    const { page } = await show(`/ui/connections?endpoint=${OFFICE}&username=a*b&since=2026-11-20`);
    expect(page).toContain(
      `aws ec2 describe-client-vpn-connections --client-vpn-endpoint-id ${OFFICE} --region eu-central-1 --endpoint-url http://127.0.0.1:8790 --filters &#39;Name=username,Values=a\\*b&#39; Name=since,Values=2026-11-20T00:00:00Z`,
    );
    expect((await show(`/ui/connections?endpoint=${OFFICE}&user=a`)).page).not.toContain('aws ec2');
    expect((await show('/ui/connections?username=a')).page).not.toContain('aws ec2');
  });

  it('takes what is empty out of the address, and the words of the box into it', async () => {
    expect((await show('/ui/connections?user=&since=7d&match=')).location).toBe('/ui/connections?since=7d');
    const { location } = await show(
      `/ui/connections?tz=Europe%2FBerlin&q=${encodeURIComponent('alice endpoint:office')}`,
    );
    expect(location).toBe(`/ui/connections?user=alice&endpoint=${OFFICE}&tz=Europe%2FBerlin`);
  });

  it('says what to do first where nothing is recorded', async () => {
    endpoints = [];
    expect((await show('/ui/connections?since=7d')).page).toContain('Nothing is recorded yet');
  });
});
