import { expect, it } from 'vitest';
import { axe, visit } from '../support/browser/browsed.ts';

/** The tests of `/ui/timeline`. */
export function timelineTests(): void {
  it('marks where one person was in two places at once, over a night of 23 hours', async () => {
    const page = await visit('/ui/timeline?who=alice&since=2026-03-29&until=2026-03-29&tz=Europe/Berlin');
    const marks = await page.locator('.drawing .tick-label').allTextContents();
    expect(marks).toContain('03:00');
    expect(marks).not.toContain('02:00');
    expect(await page.locator('.drawing a:has(.doubled)').getAttribute('aria-label')).toBe(
      'connected twice at once: 2026-03-29 01:50:00+01:00 to 2026-03-29 03:30:00+02:00',
    );
    expect(await page.locator('.doubled-list').textContent()).toMatch(
      /1 time.*\(40m 0s\).*office.*lab|1 time.*\(40m 0s\).*lab.*office/s,
    );
    expect(await page.locator('.drawing .gap').count()).toBeGreaterThan(0);
    expect(await axe(page)).toEqual([]);
  });

  it('leads from a bar to its connection, and from the window to another, and back', async () => {
    const page = await visit('/ui/timeline?who=10.0.0.1&since=2026-04-02&until=2026-04-02');
    expect(await page.locator('.lane-label').allTextContents()).toEqual(['bob · office', 'dave · office', 'lab']);
    const first = page.locator('.drawing a').first();
    expect(await first.getAttribute('aria-label')).toMatch(
      /^bob, 10\.0\.0\.1 at office: 2026-04-02 08:05:00Z to 2026-04-02 09:05:00Z$/,
    );
    expect(await first.getAttribute('href')).toMatch(/^\/ui\/connections\/cvpn-connection-/);
    await page.getByRole('link', { name: 'earlier' }).click();
    expect(new URL(page.url()).searchParams.get('until')).toBe('2026-04-02T00:00:00Z');
    await page.goBack();
    expect(await page.locator('.lane-label').count()).toBe(3);
  });

  it('shows hostile names as they are, on a narrow screen without scrolling sideways', async () => {
    const page = await visit(
      `/ui/timeline?who=${encodeURIComponent('<img src=x onerror="document.title=1">')}&since=2026-04-15`,
      {
        viewport: { width: 320, height: 640 },
      },
    );
    expect(await page.locator('h1').textContent()).toContain('<img src=x');
    expect(await page.locator('.drawing a').count()).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });
}
