import chromium from '@sparticuz/chromium';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium as playwright,
} from 'playwright-core';

/**
 * Starts the headless Chromium that `npm ci` brings. Not with the package's own arguments: they switch the security of the web off,
 * and let all windows share one process.
 */
export async function startBrowser(): Promise<Browser> {
  chromium.setGraphicsMode = false;
  const executablePath = await chromium.executablePath();
  return playwright.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--font-render-hinting=none',
      '--renderer-process-limit=1',
      '--process-per-site',
    ],
  });
}

/** A window of the browser, and what no page may do in it. */
export interface Visit {
  readonly page: Page;
  /** Where all requests must go. */
  readonly at: string;
  /** Console errors, breaches of the Content-Security-Policy, exceptions of scripts, and requests to anywhere else. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** A window's surroundings: its size, its zone, whether it runs scripts. */
export function openContext(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  return browser.newContext({ baseURL: origin, locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
}

/**
 * Opens a window.
 *
 * @param origin - where all requests must go
 */
export async function openWindow(context: BrowserContext, origin: string): Promise<Visit> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) complaints.push(`foreign request: ${url}`);
  });
  return { page, at: origin, complaints, close: () => page.close() };
}
