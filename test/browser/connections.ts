import { expect, it } from 'vitest';
import { axe, expectComplaints, origin, visit } from '../support/browser/browsed.ts';
import { HOSTILE } from '../support/browser/browsed-world.ts';

const path = (url: string) => url.slice(origin().length);

/** The tests of `/ui/connections` and of one connection. */
export function connectionsTests(): void {
  it('finds by words, which the address then has as fields, through Back and reload', async () => {
    const page = await visit('/ui/connections?since=2026-03-01');
    await page
      .getByRole('combobox', { name: 'Search' })
      .fill('user:alice endpoint:office since:2026-03-01 -ip:10.0.0.3');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/ui/connections?user=alice**');
    expect(path(page.url())).toBe(
      '/ui/connections?user=alice&endpoint=cvpn-endpoint-0aaaaaaaaaaaaaaaa&since=2026-03-01&not=ip%3A10.0.0.3',
    );
    const addresses = () => page.locator('td[data-label=Address]').allTextContents();
    expect(await addresses()).toEqual(['10.0.0.1', '10.0.0.1']);
    expect(await page.getByText('1 other left out').count()).toBe(1);
    expect(await page.getByLabel('User', { exact: true }).inputValue()).toBe('alice');
    await page.getByLabel('User', { exact: true }).fill('bob');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.waitForURL('**/ui/connections?user=bob**');
    expect(await page.getByRole('combobox', { name: 'Search' }).inputValue()).toBe(
      'user:bob endpoint:office since:2026-03-01 -ip:10.0.0.3',
    );
    await page.goBack();
    await page.reload();
    expect(await addresses()).toEqual(['10.0.0.1', '10.0.0.1']);
    expect(await page.getByRole('note', { name: 'What may be missing' }).textContent()).toContain('(no-run)');
  });

  it('is free of what axe finds, with all of its fields open', async () => {
    const page = await visit('/ui/connections?since=2026-04-15T11:30Z');
    await page.getByText('More fields, and columns').click();
    await page.getByText('Link, JSON, command').click();
    expect(await axe(page)).toEqual([]);
  });

  it('says what it did not understand, and asks nothing until it does', async () => {
    const page = await visit(`/ui/connections?q=${encodeURIComponent('user:alice colour:red since:2026-04-15')}`);
    const note = page.getByRole('alert');
    expect(await note.textContent()).toMatch(/Not understood.*Nothing was asked.*colour:red: expected user:, /s);
    expect(await page.getByRole('combobox', { name: 'Search' }).inputValue()).toBe(
      'user:alice colour:red since:2026-04-15',
    );
    await note.getByRole('link', { name: 'Ask without' }).click();
    await page.waitForURL('**/ui/connections?user=alice&since=2026-04-15');
    expectComplaints(/status of 400/);
  });

  it('completes the last word of the search', async () => {
    const page = await visit('/ui/connections?since=2026-04-15');
    await page.getByRole('combobox', { name: 'Search' }).fill('since:7d endp');
    const words = await page
      .locator('#words option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('value')));
    expect(words).toContain('since:7d endpoint:office');
  });

  it('draws when they began: a bar leads to what is in it', async () => {
    const page = await visit('/ui/connections?since=2026-04-15T11:00Z');
    const bar = page.locator('figure a[aria-label$=": 1 connection"]').first();
    await bar.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**match=started**');
    expect(await page.locator('table[data-keys] tbody tr').count()).toBe(1);
  });

  it('sorts, pages and shows the columns of its address', async () => {
    const page = await visit('/ui/connections?since=2026-03-01&limit=5&columns=who&columns=status&sort=who');
    expect(await page.locator('table[data-keys] thead th').allTextContents()).toEqual(['Who', 'Status']);
    expect(await page.locator('table[data-keys] caption').textContent()).toContain('this page alone');
    await page.getByRole('link', { name: 'Older ones' }).click();
    await page.waitForURL('**cursor=**');
    expect(await page.locator('table[data-keys] tbody tr').count()).toBe(5);
    await page.getByRole('link', { name: 'To the newest' }).click();
    await page.waitForURL((url) => !url.search.includes('cursor'));
  });

  it('shows times over a change to summer time in the zone of the page', async () => {
    const page = await visit(
      '/ui/connections?user=alice&since=2026-03-29&until=2026-03-29&tz=Europe%2FBerlin&sort=start',
    );
    expect(await page.locator('td[data-label=Established]').allTextContents()).toEqual([
      '2026-03-29 01:20:00+01:00',
      '2026-03-29 01:50:00+01:00',
    ]);
    expect(await page.locator('td[data-label=Ended]').allTextContents()).toEqual([
      '2026-03-29 03:40:00+02:00',
      '2026-03-29 03:30:00+02:00',
    ]);
  });

  it('fits paper and a window of any width', async () => {
    const page = await visit('/ui/connections?since=2026-04-15');
    for (const width of [1280, 1000, 780]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(780);
    expect(await page.getByRole('navigation', { name: 'Screens' }).isVisible()).toBe(false);
    await page.close();
  });

  it('leads by keys alone from a search to copied evidence, in a file that is what was hashed', async () => {
    const page = await visit('/ui/connections?since=2026-03-01');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.keyboard.press('/');
    await page.keyboard.type('user:carol@lab.example since:2026-03-01');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/ui/connections?user=carol**');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/ui/connections/cvpn-connection-**');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('carol@lab.example');
    const copy = page.getByRole('button', { name: 'Copy leaf hash' }).first();
    for (let tabs = 0; tabs < 60 && !(await copy.evaluate((button) => button.matches(':focus'))); tabs++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    const manifest = await (
      await page.request.get((await page.getByRole('link', { name: 'manifest' }).first().getAttribute('href')) ?? '')
    ).body();
    const leaf = await page.evaluate<string>(
      `crypto.subtle.digest('SHA-256', new Uint8Array(${JSON.stringify([0, ...manifest])})).then((hash) => new Uint8Array(hash).toHex())`,
    );
    expect(copied).toBe(leaf);
  });

  it('shows of one connection every field, its usage, its sightings and its proof, free of what axe finds', async () => {
    const page = await visit('/ui/connections/cvpn-connection-0000000000000000d?sightings=first');
    expect(await page.getByRole('definition').filter({ hasText: 'alice' }).count()).toBeGreaterThan(0);
    expect(await page.locator('figure.chart').count()).toBe(2);
    expect(await page.locator('#sightings tbody tr').count()).toBe(5);
    const proof = await page.request.get(
      (await page.getByRole('link', { name: 'proof' }).first().getAttribute('href')) ?? '',
    );
    expect(await proof.text()).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
    expect(proof.headers()['content-disposition']).toMatch(/^attachment; filename="cvpn-endpoint-/);
    await page.getByText('Link, JSON, command').click();
    expect(await page.locator('#same-aws').textContent()).toContain(
      '--client-vpn-endpoint-id cvpn-endpoint-0aaaaaaaaaaaaaaaa --region eu-central-1 --endpoint-url',
    );
    expect(await axe(page)).toEqual([]);
  });

  it('finds hostile names as any other, and fits them on 320 px', async () => {
    const names = [HOSTILE.markup, HOSTILE.quotes, HOSTILE.long];
    const asked = new URLSearchParams({ since: '2026-04-15' });
    for (const name of names) asked.append('user', name);
    const page = await visit(`/ui/connections?${asked.toString()}`, { viewport: { width: 320, height: 640 } });
    const links = page.locator('table[data-keys] tbody a');
    expect(await links.allTextContents()).toEqual(names.toReversed());
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    for (const address of await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))) {
      await page.goto(address);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
      expect(await page.title()).toMatch(/^Connection of /);
    }
  });
}
