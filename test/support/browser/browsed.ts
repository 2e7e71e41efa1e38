import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { BROWSED_SLOTS, BROWSED_WORLD, NOW } from './browsed-world.ts';
import { openContext, openWindow, startBrowser, type Visit } from './browser.ts';
import { type ServedWorld, serveWorld } from './served-world.ts';

let [browser, served]: [Browser | undefined, ServedWorld | undefined] = [undefined, undefined];
let visits: Visit[] = [];
/** Windows of the recorded trail that earlier tests have left as they were: another page in one costs half of a new window. */
let left: Visit[] = [];
/** What a test expects of the browser's complaints. */
let expected: RegExp[] = [];
/**
 * By what they were opened with. In each a window stays open: with the last one the process ends that has the style sheet and
 * the script compiled.
 */
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

/** No page of any test does what no page may do. */
afterEach(async () => {
  const [own, others] = [visits.filter(({ at }) => at === origin()), visits.filter(({ at }) => at !== origin())];
  await Promise.all(others.map((visit) => visit.close()));
  const complaints = visits
    .flatMap((visit) => visit.complaints.splice(0))
    .filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
  [left, visits, expected] = [[...left, ...own.filter(({ page }) => !page.isClosed())], [], []];
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
  const context = await contextOf(others);
  const found = at === origin() ? left.findIndex(({ page }) => page.context() === context) : -1;
  const opened = left.splice(found, found === -1 ? 0 : 1)[0] ?? (await openWindow(context, at));
  visits.push(opened);
  await opened.page.goto(new URL(path, at).href);
  return opened.page;
}

function contextOf(options: BrowserContextOptions): Promise<BrowserContext> {
  const key = JSON.stringify(options);
  const context = contexts.get(key) ?? openWarmContext(options);
  contexts.set(key, context);
  return context;
}

async function openWarmContext(options: BrowserContextOptions): Promise<BrowserContext> {
  if (!browser) throw new Error('the browser has not been started');
  const context = await openContext(browser, origin(), options);
  await (await context.newPage()).goto('/ui/style.css');
  return context;
}

/** Takes complaints that a test expects, such as the browser's word on an answer that is an error. */
export function expectComplaints(pattern: RegExp): void {
  expected.push(pattern);
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every rule, with a wide window; and those that depend on colours and sizes, where it is dark, narrow, and used by fingers. */
const AUDITS = [
  { name: 'light', viewport: { width: 1280, height: 720 }, hasTouch: false, rules: '' },
  {
    name: 'dark',
    viewport: { width: 320, height: 640 },
    hasTouch: true,
    rules: ", runOnly: ['color-contrast', 'target-size']",
  },
] as const;

type Audit = (source: string) => Promise<string[]>;

/** A window in which axe stays loaded and compiled: that is half of what it costs. */
async function openAudit({ name, viewport, hasTouch, rules }: (typeof AUDITS)[number]): Promise<Audit> {
  const page = await (await contextOf({ viewport, hasTouch, colorScheme: name })).newPage();
  await page.goto('/ui/at');
  // By the debugger's protocol: the page's own policy forbids scripts from elsewhere.
  await page.evaluate(AXE);
  return (source) =>
    page.evaluate(`(async () => {
      const next = new DOMParser().parseFromString(${JSON.stringify(source)}, 'text/html');
      document.title = next.title;
      document.documentElement.lang = next.documentElement.lang;
      document.body.replaceWith(document.importNode(next.body, true));
      for (const element of document.querySelectorAll('button[hidden], [data-live][hidden]')) element.hidden = false;
      const width = document.documentElement.scrollWidth;
      const sideways = width > innerWidth ? [width + ' px wide, on ' + innerWidth] : [];
      const small = matchMedia('(pointer: coarse)').matches
        ? [...document.querySelectorAll('button, summary, select, nav a, input:not([type=hidden], [type=checkbox])')]
            .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
            .map((element) => element.outerHTML.slice(0, 80) + ' is less than 44 px high')
        : [];
      const { violations } = await axe.run(document, { resultTypes: ['violations']${rules} });
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary));
      return [...found, ...small, ...sideways].map((one) => '${name}: ' + one);
    })()`);
}

let audits: Promise<readonly Audit[]> | undefined;

/**
 * What axe finds against WCAG 2.2 AA, and its best practices, in both colour schemes; and whether a page has to be scrolled
 * sideways. A line for each.
 *
 * @param page as it is now, or its source
 */
export async function axe(page: Page | string): Promise<string[]> {
  const source = typeof page === 'string' ? page : await page.content();
  audits ??= Promise.all(AUDITS.map(openAudit));
  const found = await Promise.all((await audits).map((audit) => audit(source)));
  return found.flat();
}
