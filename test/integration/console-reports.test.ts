import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createConsole } from '../../console/app.ts';
import { stubPorts } from '../support/browser/stub-console.ts';
import { ask } from '../support/command/asked-api.ts';
import { connectionNumber, connectionsWith, ENDPOINT, OVER_A_GAP } from '../support/search/api-answers.ts';
import { startTestApi } from '../support/servers/api-server.ts';

const pages = createConsole({
  ...stubPorts(
    () => new Date('2026-11-22T16:00:00Z'),
    (error) => {
      throw error;
    },
  ),
  commandOptions: (origin) => ['--api', origin],
});

const FORMULA = connectionNumber(2, { username: '=1+1', identity: '=1+1', clientIp: '172.31.0.7' });

/** An API with two connections over a gap, and a page's answer from it. */
async function startTrail() {
  const api = await startTestApi(({ path, parameters }) => {
    const [since = '', until = ''] = ['since', 'until'].map((name) => parameters.get(name) ?? undefined);
    const covered = { window: { since, until, match: 'overlap' as const }, coverage: OVER_A_GAP };
    if (path === '/endpoints')
      return { json: { endpoints: [{ endpointId: ENDPOINT, state: 'open', name: 'office' }] } };
    if (path.endsWith('/usage'))
      return { json: { connectionId: 'c', endpointId: ENDPOINT, samples: [], totals: {}, ...covered } };
    return { json: connectionsWith([FORMULA, connectionNumber(1)], covered) };
  });
  const show = (path: string, body?: FormData) => {
    const request = new Request(`${api.url}${path}`, body === undefined ? {} : { method: 'POST', body });
    return pages.fetch(request, (question) => fetch(`${api.url}${question}`));
  };
  const command = async (words: readonly string[], format: string) =>
    (await ask(api.url, [...words, '--output', format])).out;
  return { show, command, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

const nameOf = (file: Response) => file.headers.get('content-disposition');
const WINDOW = 'since=2026-11-22T13:30:00Z&until=2026-11-22T14:30:00Z';

describe("a report's page", () => {
  it.each([
    ['usage?by=user', 'csv', 'usage-by-user'],
    ['usage?by=day', 'json', 'usage-by-day'],
    ['concurrency?associations=2', 'csv', 'concurrency'],
    ['concurrency?', 'json', 'concurrency'],
    ['review?', 'csv', 'review'],
    ['review?', 'json', 'review'],
    ['findings?overlap=1h&rule=two-places&rule=long-session', 'csv', 'findings'],
    ['findings?overlap=1h', 'json', 'findings'],
  ])('gives %s to download as %s, the same bytes as the command that it names', async (report, format, name) => {
    await using trail = await startTrail();
    const page = await (await trail.show(`/ui/reports/${report}&${WINDOW}&tz=Europe/Berlin`)).text();
    const [, link = ''] = new RegExp(`href="([^"]*format=${format}[^"]*)" download`).exec(page) ?? [];
    const [, words = ''] = /id="same-command">cvpn-audit (.*?) --api/.exec(page) ?? [];
    const file = await trail.show(link.replaceAll('&amp;', '&'));
    const written = await trail.command(words.split(' '), format);
    expect([await file.text(), written.length > 100]).toEqual([written, true]);
    expect(nameOf(file)).toBe(`attachment; filename="${name}_2026-11-22T143000+0100_2026-11-22T153000+0100.${format}"`);
    expect(file.headers.get('content-type')).toMatch(format);
  });

  it("has AWS's limit for the subnets that are given, and says what is no number of them", async () => {
    await using trail = await startTrail();
    const shown = async (associations: string) => {
      const answer = await trail.show(`/ui/reports/concurrency?${WINDOW}&associations=${associations}`);
      return `${answer.status} ${await answer.text()}`;
    };
    expect(await shown('2')).toMatch(/^200 .*36,500/s);
    expect(await shown('6')).toMatch(/^400 .*Expected a whole number from 1 to 5\./s);
  });

  it('names the file by days alone where the window is whole days', async () => {
    await using trail = await startTrail();
    const file = await trail.show('/ui/reports/review?since=2026-11-01&until=2026-11-22&tz=Europe/Berlin&format=csv');
    expect(nameOf(file)).toBe('attachment; filename="review_2026-11-01_2026-11-22.csv"');
  });

  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-reports-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives a comparison with a list as a file too', async () => {
    await using trail = await startTrail();
    const list = 'user\nperson-1\ncarol\n';
    const people = join(folder, 'people.csv');
    writeFileSync(people, list);
    const form = new FormData();
    form.set('people', new File([list], 'people.csv'));
    form.set('format', 'csv');
    const file = await trail.show(`/ui/reports/review?${WINDOW}`, form);
    const window = ['--since', '2026-11-22T13:30:00Z', '--until', '2026-11-22T14:30:00Z'];
    const written = await trail.command(['report', 'review', ...window, '--people', people], 'csv');
    expect(await file.text()).toBe(written);
    expect(written).toMatch(/^'=1\+1,not-on-the-list,.*\r\ncarol,not-seen,.*\r\nperson-1,on-the-list,/m);
  });
});
