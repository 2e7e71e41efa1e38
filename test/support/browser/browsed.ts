import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { BROWSED_SLOTS, BROWSED_WORLD, NOW } from './browsed-world.ts';
import { openContext, openWindow, startBrowser, type Visit } from './browser.ts';
import { type ServedWorld, serveWorld } from './served-world.ts';

let [browser, served]: [Browser | undefined, ServedWorld | undefined] = [undefined, undefined];
let visits: Visit[] = [];
/** By what they were opened with: a window in one that there is costs a third of one in a new one. */
const contexts = new Map<string, Promise<BrowserContext>>();

beforeAll(async () => {
  const started = await Promise.all([
    startBrowser(),
    serveWorld({ world: BROWSED_WORLD, slots: BROWSED_SLOTS, now: NOW }),
  ]);
  [browser, served] = started;
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** No page of any test does what no page may do, and everything that was opened is closed. */
afterEach(async () => {
  const complaints = visits.flatMap((visit) => visit.complaints);
  await Promise.all(visits.map((visit) => visit.close()));
  visits = [];
  const errors = served?.errors.splice(0) ?? [];
  if (complaints.length + errors.length > 0) throw new Error([...complaints, ...errors.map(String)].join('\n'));
});

/** Where the recorded trail is served. */
export const origin = (): string => served?.url ?? '';

/** Opens a page of the recorded trail, or of another server. Windows that are opened with the same options share what they keep. */
export async function visit(
  path: string,
  options: BrowserContextOptions & { readonly at?: string } = {},
): Promise<Page> {
  const { at = origin(), ...others } = options;
  if (!browser) throw new Error('the browser has not been started');
  const key = JSON.stringify([at, others]);
  const context = contexts.get(key) ?? openContext(browser, at, others);
  contexts.set(key, context);
  const opened = await openWindow(await context, at);
  visits.push(opened);
  await opened.page.goto(path);
  return opened.page;
}

/** Takes complaints that a test expects, such as the browser's word on an answer that is an error. */
export function expectComplaints(pattern: RegExp): void {
  for (const { complaints } of visits) {
    const others = complaints.filter((complaint) => !pattern.test(complaint));
    complaints.splice(0, complaints.length, ...others);
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds against WCAG 2.2 AA, and its best practices, in both colour schemes, in which only contrasts differ: a line for each. */
export async function axe(page: Page): Promise<string[]> {
  // By the debugger's protocol: the page's own policy forbids scripts from elsewhere.
  await page.evaluate(AXE);
  const find = (options: string) =>
    page.evaluate<string[]>(
      `axe.run(document, ${options}).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)))`,
    );
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await find("{ resultTypes: ['violations'] }");
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await find("{ resultTypes: ['violations'], runOnly: ['color-contrast'] }");
  return [...light, ...dark.map((one) => `dark: ${one}`)];
}
