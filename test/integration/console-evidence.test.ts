import { beforeEach, describe, expect, it } from 'vitest';
import { commandJob } from '../../cli/page-jobs.ts';
import { createConsole } from '../../console/app.ts';
import type { JobState } from '../../console/ports.ts';
import { connectionNumber, connectionsWith, OVER_A_GAP } from '../support/search/api-answers.ts';
import { json } from '../support/servers/fake-trail-api.ts';

const NOW = new Date('2026-11-22T14:03:00Z');
const AT = NOW.toISOString().replace('.000', '');

let verification: JobState | undefined;
let exported: JobState | undefined;
let files: { name: string; bytes: number }[];
let started: string[][];
let answer: unknown;
beforeEach(() => {
  [verification, exported, files, started] = [undefined, undefined, [], []];
  answer = connectionsWith([]);
});

const start = (...words: string[]): boolean => started.push(words) > 0;

interface Asked {
  method?: string;
  kind?: 'local' | 'deployed';
  form?: Record<string, string> | null;
}

/** The pages of a trail on this machine, or of a deployed one, which proves and exports nothing by itself. */
async function page(path: string, { method = 'GET', kind = 'local', form = {} }: Asked = {}) {
  const jobs =
    kind === 'deployed'
      ? {}
      : {
          verification: { state: () => verification, start: (words: readonly string[]) => start(...words) },
          exports: {
            state: () => exported,
            start: (words: readonly string[], name: string) => start(...words, name),
            files: () => files,
            open: (name: string) => new Response(`content of ${name}`).body ?? undefined,
          },
        };
  const pages = createConsole({
    kind,
    now: () => NOW,
    commandOptions: () => ['--stack', 'audit'],
    awsEndpoint: (url) => ({ url, region: 'eu-central-1' }),
    onError: (error) => {
      throw error;
    },
    ...jobs,
  });
  const ask = async (asked: string) => json(asked === '/endpoints' ? { endpoints: [] } : answer);
  const body = method === 'GET' || form === null ? {} : { body: new URLSearchParams(form) };
  const request = new Request(`http://127.0.0.1:8790/ui/evidence/${path}`, { method, ...body });
  const response = await pages.fetch(request, ask);
  return { response, text: await response.text() };
}

const ended = (code: number | undefined, out = '', said = ''): JobState => ({
  startedAt: AT,
  progress: '',
  ended: { at: AT, code, out, said },
});

describe('the page of the verification', () => {
  it('starts one, and leads back to itself', async () => {
    expect((await page('verification')).text).toContain('Verify the trail');
    const { response } = await page('verification', { method: 'POST' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/ui/evidence/verification']);
    expect(started).toEqual([[]]);
  });

  it('takes the public key that must have signed, and no name of a file for one', async () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    await page('verification', { method: 'POST', form: { key: ` ${key} ` } });
    expect(started).toEqual([[`--key=${key}`]]);
    for (const wrong of ['/etc/passwd', '-', key.slice(4), 'name+00000000+AAAA']) {
      const { response, text } = await page('verification', { method: 'POST', form: { key: wrong } });
      expect(response.status).toBe(400);
      expect(text).toContain('Expected a public key as base64');
      expect(text).toContain(`value="${wrong}"`);
    }
    expect(started).toHaveLength(1);
  });

  it('takes nothing that is no form', async () => {
    const { response } = await page('verification', { method: 'POST', form: null });
    expect([response.status, started]).toEqual([415, []]);
  });

  it('shows how far one is, goes on by itself, and starts no other', async () => {
    verification = { startedAt: AT, progress: '1,200 entries <b>' };
    const { text } = await page('verification');
    expect(text).toContain('1,200 entries &lt;b&gt;');
    expect(text).toContain('data-refresh-after="2"');
    expect(text).not.toContain('method="post"');
  });

  it.each([
    [0, 'Proven', 'PROVEN: this is', ''],
    [3, 'Not proven', 'WRONG  store chunk-changed: a chunk', ''],
    [1, 'No verdict', '', 'There is no log'],
    [undefined, 'No verdict', '', 'killed'],
  ])('says of the exit code %s: %s, and all that was said', async (code, words, out, said) => {
    verification = ended(code, out, said);
    const { text } = await page('verification');
    expect(text).toContain(`<p class="verdict">${words}</p>`);
    expect(text).toContain(out || said);
  });

  it('has the command where the trail is deployed', async () => {
    const { text } = await page('verification', { kind: 'deployed' });
    expect(text).toContain('cvpn-audit verify --stack audit');
    expect(text).not.toContain('method="post"');
  });
});

describe('the page of exports', () => {
  const question = 'export?who=alice&since=2026-11-01&until=2026-11-20&format=csv';

  it('says before how many rows there are and about how large it is, and what may be missing', async () => {
    answer = connectionsWith(
      Array.from({ length: 30 }, (_, number) => connectionNumber(number)),
      { coverage: OVER_A_GAP },
    );
    const { text } = await page(question);
    expect(text).toMatch(/<strong>30 connections<\/strong>, about [\d.]+ KiB as CSV.*the newest 8/);
    expect(text).toContain('Not complete');
    expect(text.match(/<tr><th scope="row"/g)).toHaveLength(8);
    answer = connectionsWith([connectionNumber(1)], { cursor: 'more' });
    expect((await page(question)).text).toContain('<strong>more than 1 connection</strong>');
  });

  it('makes it with options that no value is taken for, under a name that says what is in it', async () => {
    await page(question, { method: 'POST' });
    await page(`export?who=${encodeURIComponent('--out=/etc/x y')}&since=&format=nonsense&evidence=1`, {
      method: 'POST',
    });
    expect(started).toEqual([
      [
        '--user=alice',
        '--since=2026-11-01T00:00:00Z',
        '--until=2026-11-20T23:59:59Z',
        '--format=csv',
        'connections-alice-2026-11-01-2026-11-20.csv',
      ],
      ['--user=--out=/etc/x y', '--format=csv', '--evidence', 'connections---out_etc_x_y.csv'],
    ]);
  });

  it('makes none where a time is none', async () => {
    const wrong = 'export?since=2026-02-30';
    expect((await page(wrong)).response.status).toBe(400);
    await page(wrong, { method: 'POST' });
    expect(started).toEqual([]);
  });

  it('gives the files of the last one, named as they are, and none but these', async () => {
    exported = ended(4, '', 'a.csv: 2 connections');
    files = [
      { name: 'a.csv', bytes: 16 },
      { name: 'a.csv.evidence.tar', bytes: 2048 },
    ];
    const made = (await page('export')).text;
    expect(made).toContain('href="/ui/evidence/export/a.csv"');
    expect(made).toContain('<code>tar xf</code> unpacks beside it');
    const { response, text } = await page('export/a.csv');
    expect([text, response.headers.get('content-disposition')]).toEqual([
      'content of a.csv',
      'attachment; filename="a.csv"',
    ]);
    expect((await page('export/..%2Fkey.pem')).response.status).toBe(303);
  });

  it('says why where one could not be made', async () => {
    exported = ended(1, '', 'The disk is full');
    expect((await page('export')).text).toContain('The disk is full');
  });

  it('has the command where the trail is deployed', async () => {
    answer = connectionsWith([connectionNumber(1)]);
    expect((await page(question, { kind: 'deployed' })).text).toContain(
      'cvpn-audit export --user alice --since 2026-11-01T00:00:00Z --until 2026-11-20T23:59:59Z --format csv --out connections-alice-2026-11-01-2026-11-20.csv --stack audit',
    );
  });
});

describe('a job', () => {
  it('runs a command of this product by itself, one at a time, and keeps what it says and how it ends', async () => {
    const { env } = process;
    const job = commandJob(['who'], { env: () => env, signal: new AbortController().signal, now: () => NOW });
    expect(job.state()).toBeUndefined();
    expect(job.start(['--ip=--out'])).toBe(true);
    expect(job.start([])).toBe(false);
    await expect.poll(() => job.state()?.ended, { timeout: 20_000 }).toMatchObject({ code: 2, out: '' });
    expect(job.state()?.ended?.said).toContain("--ip was given '--out'");
  });
});
