import { afterEach, expect, it } from 'vitest';
import { axe, expectComplaints, origin, visit } from '../support/browser/browsed.ts';
import { HOSTILE, NOW } from '../support/browser/browsed-world.ts';
import { serveStub } from '../support/browser/stub-console.ts';
import { problemReply } from '../support/servers/fake-trail-api.ts';

/** The tests of `/ui/now`. */
export function nowTests(): void {
  let stub: Awaited<ReturnType<typeof serveStub>> | undefined;
  afterEach(async () => {
    await stub?.close();
    stub = undefined;
  });

  it('loads with at most 5 requests and 60 KB, shows hostile names as they are written, and is free of what axe finds', async () => {
    const page = await visit('/ui/now');
    const sizes = await page.evaluate<number[]>(
      `['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind)).map((entry) => entry.encodedBodySize)`,
    );
    expect(sizes.length).toBeLessThanOrEqual(5);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
    const names = await page.locator('tbody th bdi').allTextContents();
    expect(names).toHaveLength(8);
    expect(names).toEqual(
      expect.arrayContaining([HOSTILE.markup, HOSTILE.quotes, 'gpj.\\u{202E}ecila', HOSTILE.long, HOSTILE.arabic]),
    );
    expect(await page.title()).toContain('Now');
    expect(await page.evaluate('document.images.length')).toBe(0);
    expect(await axe(page)).toEqual([]);
  });

  it('goes on by itself, and says when it cannot', async () => {
    let isDown = false;
    let asked = 0;
    const ask = async (path: string) => {
      asked += 1;
      if (isDown) return problemReply(502, 'api-502', { detail: 'Nobody there.' });
      return fetch(`${origin()}${path}`);
    };
    stub = await serveStub(ask, () => NOW);
    const page = await visit('about:blank', { at: stub.url });
    await page.clock.install();
    await page.goto(`${stub.url}/ui/now`);
    expect(await page.getByText('this page then goes on by itself').isVisible()).toBe(true);
    const before = asked;
    const refreshed = () => page.waitForResponse((response) => response.url().endsWith('/ui/now'));
    let [response] = await Promise.all([refreshed(), page.clock.fastForward('06:00')]);
    expect(response.status()).toBe(200);
    expect(asked).toBeGreaterThan(before);

    isDown = true;
    [response] = await Promise.all([refreshed(), page.clock.fastForward('06:00')]);
    await page.getByText('Not refreshed').first().waitFor();
    expect(await page.locator('[data-stale]').textContent()).toContain(
      'The trail does not answer. What is here stands still since 2026-04-15 12:01:00Z',
    );
    expect(await page.locator('tbody tr').count()).toBe(8);
    expect(await axe(page)).toEqual([]);
    await page.route('**/ui/now', (route) => route.fulfill({ status: 401, body: '<h1>The token is missing</h1>' }));
    await Promise.all([refreshed(), page.clock.fastForward('01:00')]);
    await page.getByText('The session is over: open the page by the address that was printed').first().waitFor();
    await page.route('**/ui/now', (route) => route.abort());
    await Promise.all([page.waitForRequest('**/ui/now'), page.clock.fastForward('01:00')]);
    await page.getByText('Nothing answers: the command that serves this page may have been stopped').first().waitFor();
    await page.unrouteAll();

    isDown = false;
    [response] = await Promise.all([refreshed(), page.clock.fastForward('01:00')]);
    await page.locator('[data-stale]').waitFor({ state: 'detached' });
    expectComplaints(/status of (?:502|401)|net::ERR_FAILED/);
  });

  it('says that it asks while an answer is long in coming, and not any more after Back', async () => {
    const answering = Promise.withResolvers<void>();
    const ask = async (path: string) => {
      if (path.startsWith('/connections?since')) await answering.promise;
      return fetch(`${origin()}${path}`);
    };
    stub = await serveStub(ask, () => NOW);
    const page = await visit('/ui/now', { at: stub.url });
    // The driver cannot look at a page that is being left: the page tells what it says, and only then the answer comes.
    const told: string[] = [];
    await page.exposeFunction('tell', (text: string) => {
      told.push(text);
      answering.resolve();
    });
    await page.evaluate(
      `new MutationObserver(() => tell(document.querySelector('[role=status]').textContent))
        .observe(document.querySelector('[role=status]'), { childList: true })`,
    );
    await page.getByRole('link', { name: 'Connections' }).click({ noWaitAfter: true });
    await page.waitForURL('**/ui/connections**');
    expect(told).toEqual(['Asking the trail …']);
    await page.goBack();
    await page.locator('main:not([aria-busy])').waitFor();
  });

  it('is reached with the token that was printed, which its address and its scripts do not have', async () => {
    const token = 'k7-Zq0';
    stub = await serveStub(
      async (path) => fetch(`${origin()}${path}`),
      () => NOW,
      token,
    );
    const page = await visit(`/t/${token}`, { at: stub.url });
    expect(page.url()).toBe(`${stub.url}/ui/now`);
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.locator('tbody a').first().click();
    await page.waitForURL('**/ui/connections/**');
    await page.context().clearCookies();
    await page.reload();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('The token is missing or wrong');
    expectComplaints(/status of 401/);
  });

  it('works without a script: with a link to refresh, and buttons that need one hidden', async () => {
    const page = await visit('/ui/now?sort=-lasted', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Refresh' }).click();
    expect(page.url()).toBe(`${origin()}/ui/now?sort=-lasted`);
    expect(await page.getByRole('button', { name: 'Keys' }).isVisible()).toBe(false);
    await page.getByText('Times: UTC').click();
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(page.url()).toBe(`${origin()}/ui/now?sort=-lasted&tz=Europe%2FBerlin`);
    expect(await page.locator('tbody time').first().textContent()).toMatch(/\+02:00$/);
  });

  it("shows the reader's own time when one is pointed at, and all in it when that is chosen", async () => {
    const page = await visit('/ui/now');
    const time = page.locator('tbody time').first();
    await time.hover();
    expect(await time.getAttribute('title')).toMatch(/2026.*\(Europe\/Berlin\)$/);
    await page.getByText('Times: UTC').click();
    await page.getByRole('button', { name: 'Local' }).click();
    await page.getByText('Times: Europe/Berlin').waitFor();
    await page.goBack();
    await page.getByText('Times: UTC').waitFor();
  });

  it('is walked by keys alone: rows, the list of keys, and back', async () => {
    const page = await visit('/ui/now');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const first = page.locator('tbody tr a').first();
    expect(await page.locator('tbody tr a:focus').count()).toBe(1);
    expect(await first.getAttribute('href')).toBe(await page.locator('a:focus').getAttribute('href'));
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
  });
}
