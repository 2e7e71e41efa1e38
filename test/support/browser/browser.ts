import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core';

/**
 * Starts the headless Chromium that `npm ci` brings. Not with the package's own arguments: they switch the security of the web off,
 * and let all windows share one process.
 */
export async function startBrowser(): Promise<Browser> {
  chromium.setGraphicsMode = false;
  const executablePath = await chromium.executablePath();
  return playwright.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'] });
}

/** A window of the browser, and what no page may do in it. */
export interface Visit {
  readonly page: Page;
  /** Console errors, breaches of the Content-Security-Policy, exceptions of scripts, and requests to anywhere else. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/**
 * Opens a window with storage of its own.
 *
 * @param origin - where all requests must go
 */
export async function openWindow(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: origin,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...options,
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) complaints.push(`foreign request: ${url}`);
  });
  return { page, complaints, close: () => context.close() };
}
