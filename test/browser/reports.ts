import { expect, it } from 'vitest';
import { axe, expectComplaints, origin, visit } from '../support/browser/browsed.ts';
import { HOSTILE } from '../support/browser/browsed-world.ts';

/** The tests of `/ui/reports/…`. */
export function reportsTests(): void {
  it('adds up by person, sorts, and narrows to a person’s connections', async () => {
    const page = await visit('/ui/reports/usage?since=2026-03-17&until=2026-03-17');
    expect(await page.locator('.figures dd').allTextContents()).toEqual(['3', '3', '3.7', '25.2 MiB', '75.5 MiB']);
    expect(await page.locator('tbody th').allTextContents()).toEqual(['bob', 'alice', 'carol@lab.example']);
    await page.getByRole('link', { name: 'Who' }).click();
    expect(await page.locator('tbody th').allTextContents()).toEqual(['alice', 'bob', 'carol@lab.example']);
    expect(await page.locator('tbody th a').first().getAttribute('href')).toBe(
      '/ui/connections?user=alice&since=2026-03-17&until=2026-03-17',
    );
    await page.goBack();
    expect(await page.locator('tbody th').first().textContent()).toBe('bob');
  });

  it('adds up by the days of a zone, one of which has 23 hours, and draws them', async () => {
    const page = await visit('/ui/reports/usage?by=day&since=2026-03-28&until=2026-03-30&tz=Europe/Berlin');
    expect(await page.locator('main > table tbody th').allTextContents()).toEqual([
      '2026-03-28',
      '2026-03-29',
      '2026-03-30',
    ]);
    const days = page.locator('main > table tbody th a');
    expect(await days.nth(1).getAttribute('href')).toBe(
      '/ui/connections?since=2026-03-28T23%3A00%3A00Z&until=2026-03-29T21%3A59%3A59Z&tz=Europe%2FBerlin',
    );
    expect(await page.locator('.drawing a').nth(1).getAttribute('aria-label')).toMatch(
      /: 2 connections, not recorded in part$/,
    );
    expect(await page.locator('tbody .mark').count()).toBe(3);
    expect(await axe(page)).toEqual([]);
  });

  it('gives the same as JSON, and the command', async () => {
    const page = await visit('/ui/reports/usage?since=2026-04-15&until=2026-04-15&by=endpoint');
    const json = await page.locator('#same-json').getAttribute('href');
    const report = (await (await fetch(`${origin()}${json}`)).json()) as { total: { connections: number } };
    expect(report.total.connections).toBe(9);
    expect(await page.locator('#same-command').textContent()).toMatch(
      /^cvpn-audit report usage --by endpoint --counters 30 --since 2026-04-15 --until 2026-04-15 /,
    );
  });

  it('tells how many were connected at once, by endpoint, and leads to who that was', async () => {
    const page = await visit('/ui/reports/concurrency?since=2026-03-17&until=2026-03-17');
    expect(await page.locator('main > table tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/^office\s+2\s+2026-03-17 08:40:00Z to 2026-03-17 09:20:00Z/),
      expect.stringMatching(/^lab\s+1\s+2026-03-17 09:00:00Z to/),
      expect.stringMatching(/^all endpoints\s+3\s+2026-03-17 09:00:00Z to 2026-03-17 09:20:00Z/),
    ]);
    expect(await page.getByRole('link', { name: '2026-03-17 08:40:00Z' }).getAttribute('href')).toContain(
      '/ui/connections?at=2026-03-17T08%3A40%3A00Z',
    );
    expect(await page.locator('svg.drawing').count()).toBe(3);
  });

  it('compares who connected with a list that is uploaded, and says so if it is none', async () => {
    const page = await visit('/ui/reports/review?since=2026-03-17&until=2026-03-17');
    expect(await page.locator('tbody th').allTextContents()).toEqual(['bob', 'carol@lab.example', 'alice']);
    const compareWith = async (text: string) => {
      const file = { name: 'may-connect.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
      await page.getByLabel('Who may connect').setInputFiles(file);
      await page.getByRole('button', { name: 'Compare', exact: true }).click();
    };
    await compareWith('email,team\nALICE,a\nzoe@example.org,b\n');
    expect(await page.locator('tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/^bob\s+not on the list/),
      expect.stringMatching(/^carol@lab.example\s+not on the list/),
      expect.stringMatching(/^zoe@example.org\s+not seen; there is a gap/),
      expect.stringMatching(/^alice\s+on the list/),
    ]);
    expect(await page.locator('main').textContent()).toContain('Compared with may-connect.csv');
    expect(await page.locator('#same-command').textContent()).toContain('--people may-connect.csv');
    expect(await axe(page)).toEqual([]);
    await compareWith('a,b\n1,2\n');
    expect(await page.locator('main [role=alert]').textContent()).toMatch(
      /may-connect.csv cannot be read: .*expected a header/,
    );
    expectComplaints(/status of 400/);
  });

  it('finds what stands out, by rules whose thresholds are fields, and leads to what a finding rests on', async () => {
    const page = await visit('/ui/reports/findings?since=2026-03-29&until=2026-03-29&rule=two-places');
    const row = page.locator('main > table tbody tr');
    expect(await row.textContent()).toMatch(/^2026-03-29 00:50:00Ztwo placesalice/);
    expect(await row.locator('a[href^="/ui/connections/"]').count()).toBe(2);
    expect(await axe(page)).toEqual([]);
    await page.getByText('Thresholds').click();
    await page.getByLabel('two connections at once for less than this').fill('1h');
    await page.getByRole('button', { name: 'Show findings' }).click();
    expect(new URL(page.url()).searchParams.get('overlap')).toBe('1h');
    expect(await page.getByText('Nothing stands out').isVisible()).toBe(true);
    expect(await page.locator('#same-command').textContent()).toContain(
      'report findings --overlap 1h --rule two-places',
    );
  });

  it('shows hostile names as they are, at 320 px without scrolling sideways', async () => {
    const page = await visit('/ui/reports/usage?since=1d', { viewport: { width: 320, height: 640 } });
    expect(await page.locator('tbody th').allTextContents()).toEqual(
      expect.arrayContaining([HOSTILE.markup, HOSTILE.quotes, HOSTILE.long]),
    );
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  it('says what is wrong with a time, beside it', async () => {
    const page = await visit('/ui/reports/usage?since=soon');
    expectComplaints(/status of 400/);
    expect(await page.getByLabel('Since').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('.wrong').textContent()).toContain('Expected a time like');
  });
}
