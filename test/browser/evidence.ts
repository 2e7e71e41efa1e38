import { expect, it } from 'vitest';
import { axe, visit } from '../support/browser/browsed.ts';

/** The tests of `/ui/evidence` and the pages below it. */
export function evidenceTests(): void {
  it('draws what is proven, lists each gap with its reason, and shows the key and a checkpoint to keep', async () => {
    const page = await visit('/ui/evidence?since=2026-03-16');
    expect(await page.locator('.calendar').count()).toBe(2);
    expect(await page.locator('main').textContent()).toMatch(/\d+ gaps: somebody may have come and gone unseen/);
    expect(await page.locator('.facts').textContent()).toMatch(/fingerprint [0-9a-f]{16}, of 2 logs/);
    await page.getByText('The checkpoint, to keep').click();
    expect(await page.locator('pre').first().textContent()).toMatch(/^client-vpn-audit\//);
    // A hole in a day leads to that time alone.
    const hole = page.locator('.calendar a[aria-label*="2026-03-17"][aria-label*="GAP"]').first();
    await page.goto((await hole.getAttribute('href')) ?? '');
    expect(await page.getByLabel('Since').inputValue()).toMatch(/^2026-03-17T/);
    expect(await page.locator('.calendar .cell-gap').count()).toBeGreaterThan(0);
    await page.getByText('The checkpoint, to keep').click();
    expect(await axe(page)).toEqual([]);
  });

  it('shows who read the trail, with the question as people read it', async () => {
    await visit('/ui/at?ip=10.0.0.1&at=2026-03-17T09:10:00Z');
    const page = await visit('/ui/evidence/accesses?since=2026-04-15');
    const question = page.getByText('/connections?ip=10.0.0.1&at=2026-03-17T09:10:00Z&limit=100', { exact: true });
    const earlier = page.getByRole('link', { name: 'Earlier ones' });
    // All are of the same moment, as time stands still here.
    while ((await question.count()) === 0 && (await earlier.count()) > 0) await earlier.click();
    expect(await question.count()).toBeGreaterThan(0);
  });

  it('previews an export, from its form to its rows', async () => {
    const page = await visit('/ui/evidence/export');
    await page.getByLabel('Person or address').fill('alice');
    await page.getByLabel('Since').fill('2026-03-17');
    await page.getByLabel('Endpoint').selectOption({ label: 'office' });
    await page.getByRole('button', { name: 'Preview' }).click();
    expect(await page.locator('caption').textContent()).toMatch(/^3 connections, about [\d.]+ (B|KiB) as CSV/);
    expect(await page.locator('#export-command').textContent()).toContain('--user alice --endpoint cvpn-endpoint-0a');
    expect(await axe(page)).toEqual([]);
  });
}
