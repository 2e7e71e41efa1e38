import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Console, createConsole } from '../../console/app.ts';
import { json, problemReply } from '../support/servers/fake-trail-api.ts';

const NOW = new Date('2026-11-22T14:03:00Z');

/** The answers by path, without their parameters. */
let answers: Record<string, () => Response>;
let asked: string[];
let errors: unknown[];
let pages: Console;

beforeEach(() => {
  const window = { since: '2026-11-22T14:03:00Z', until: '2026-11-22T14:03:00Z', match: 'overlap' };
  answers = {
    '/endpoints': () => json({ endpoints: [] }),
    '/connections': () => json({ connections: [], window, coverage: { complete: true, gaps: [] } }),
  };
  [asked, errors] = [[], []];
  pages = createConsole({
    kind: 'local',
    now: () => NOW,
    commandOptions: (origin) => ['--api', origin],
    awsEndpoint: (url) => ({ url, region: 'eu-central-1' }),
    onError: (error) => errors.push(error),
  });
});

async function get(path: string, init: RequestInit = {}) {
  const ask = async (question: string) => {
    asked.push(question);
    const answer = answers[question.split('?')[0] ?? ''];
    if (!answer) throw new Error(`nobody expects ${question}`);
    return answer();
  };
  return pages.fetch(new Request(`http://127.0.0.1:8790${path}`, init), ask);
}

const textOf = async (path: string) => (await get(path)).text();

describe('a page', () => {
  it('has one h1, landmarks, a link to skip to its answer, and no inline script or style', async () => {
    const page = await textOf('/ui/now');
    expect(page.match(/<h1>/g)).toHaveLength(1);
    for (const part of ['<header', '<nav aria-label="Screens"', '<main id="main"', '<footer>', 'href="#main"']) {
      expect(page).toContain(part);
    }
    expect(page).not.toMatch(/<style|style="|<script>|onclick|javascript:/);
  });

  it('shows times in the zone of its address, and keeps it in its links', async () => {
    const page = await textOf('/ui/now?tz=europe/berlin');
    expect(page).toContain('<time datetime="2026-11-22T14:03:00Z">2026-11-22 15:03:00+01:00</time>');
    expect(page).toContain('href="/ui/now?tz=Europe%2FBerlin"');
    expect(await textOf('/ui/now')).toContain('<time datetime="2026-11-22T14:03:00Z">2026-11-22 14:03:00Z</time>');
  });

  it('says that a zone is none, and shows UTC', async () => {
    const page = await textOf('/ui/now?tz=%3Cscript%3E');
    expect(page).toContain('<bdi>&lt;script&gt;</bdi> is no time zone');
    expect(page).toContain('14:03:00Z');
  });

  it('is sent compressed to those who take that, and whole to HEAD', async () => {
    const response = await get('/ui/now', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(await response.arrayBuffer()).toString()).toMatch(/^<!doctype html>/);
    expect((await get('/ui/now', { method: 'HEAD' })).status).toBe(200);
  });

  it('that is not there says so, and /ui leads to the first', async () => {
    const missing = await get('/ui/nothing');
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('There is no such page')]);
    expect((await get('/ui')).headers.get('location')).toBe('/ui/now');
    expect((await get('/ui/now', { method: 'DELETE' })).status).toBe(405);
  });

  it('has its style sheet and script at addresses that change with them, to be kept', async () => {
    const page = await textOf('/ui/now');
    for (const [, address = ''] of page.matchAll(/(?:href|src)="(\/ui\/(?:style\.css|script\.js)\?v=\w{12})"/g)) {
      const response = await get(address);
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toContain('immutable');
      // Whoever asked for reduced motion has it, as everybody.
      expect(await response.text()).not.toMatch(/transition|animation|@keyframes|scroll-behavior|behavior: 'smooth'/);
    }
    expect(page.match(/\?v=\w{12}"/g)).toHaveLength(2);
  });

  it('has the API beside it, as it answers', async () => {
    const headers = { 'Content-Type': 'application/problem+json' };
    answers['/connections'] = () => new Response('{}', { status: 400, headers });
    const response = await get('/ui/json/connections?user=a%20b&user=c');
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(asked).toEqual(['/connections?user=a%20b&user=c']);
  });
});

describe('a page that cannot be made says why, and what to do', () => {
  it.each([
    [403, 'The AWS credentials have expired (x). Log in.', 'The AWS credentials have expired', 403],
    [403, 'There are no usable AWS credentials (x). Give them.', 'There are no AWS credentials', 403],
    [403, 'refused', 'The trail refuses the question', 403],
    [429, 'asked too often', 'The trail is asked too often', 429],
    [502, 'Nothing answers', 'The trail does not answer', 502],
    [503, 'later', 'The trail cannot answer at the moment', 502],
    [500, 'broken', 'The question could not be answered', 502],
  ])('on %i: %s', async (status, detail, heading, answered) => {
    answers['/endpoints'] = () => problemReply(status, 'some-kind', { detail });
    const response = await get('/ui/now');
    const page = await response.text();
    expect(response.status).toBe(answered);
    expect(page).toContain(`<h1>${heading}</h1>`);
    expect(page).toContain(detail);
    expect(page).toContain('Ask again');
    expect(errors).toEqual([]);
  });

  it('and tells nothing of the inside of a failure, but to the one who started it', async () => {
    answers['/endpoints'] = () => {
      throw new Error('secret');
    };
    const response = await get('/ui/now');
    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain('secret');
    expect(errors).toEqual([new Error('secret')]);
  });
});
