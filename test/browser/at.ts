import { expect, it } from 'vitest';
import { axe, expectComplaints, visit } from '../support/browser/browsed.ts';

/** The tests of `/ui/at`. */
export function atTests(): void {
  it('names both who had one address at two endpoints, with the endpoint, and who had it before and after', async () => {
    const page = await visit('/ui/at');
    await page.getByLabel('Address').fill('10.0.0.1');
    await page.getByLabel('Moment').fill('2026-03-17 09:10');
    await page.getByRole('button', { name: 'Who was it?' }).click();
    const holders = await page.locator('.holder').allTextContents();
    expect(holders.toSorted()).toEqual([
      expect.stringMatching(/It was\s+alice\s+at endpoint office/),
      expect.stringMatching(/It was\s+carol@lab\.example\s+at endpoint lab/),
    ]);
    expect(await page.locator('.neighbours').textContent()).toMatch(/After.*bob at office/s);
    expect(await axe(page)).toEqual([]);
    await page.getByRole('link', { name: 'Timeline of alice' }).click();
    await page.waitForURL(/\/ui\/timeline\?who=alice/);
    await page.goBack();
    expect(await page.getByLabel('Moment').inputValue()).toBe('2026-03-17 09:10');
    await page.reload();
    expect(await page.locator('.holder').count()).toBe(2);
  });

  it('tells "nobody" and "not known" apart by words, and reads times in the zone of the page', async () => {
    const nobody = await visit('/ui/at?ip=10.0.0.99&at=2026-03-17T10:10&tz=Europe/Berlin');
    expect(await nobody.locator('.holder').textContent()).toContain('Nobody');
    expect(await nobody.locator('.asked').textContent()).toContain('2026-03-17 10:10:00+01:00');
    const unknown = await visit('/ui/at?ip=10.0.0.99&at=2026-03-25T00:00Z');
    expect(await unknown.locator('.holder').textContent()).toContain('Not known');
  });

  it('says what was expected of a time that the clocks skipped, and keeps what was filled in', async () => {
    const page = await visit('/ui/at?ip=10.0.0.1&at=2026-03-29T02:30&tz=Europe/Berlin');
    const field = page.getByLabel('Moment');
    expect(await field.inputValue()).toBe('2026-03-29T02:30');
    expect(await page.locator('.wrong').textContent()).toContain('were put forward over it');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expectComplaints(/400/);
  });
}
