import { mkdirSync, writeFileSync } from 'node:fs';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { openContext, openWindow, startBrowser } from '../../test/support/browser/browser.ts';
import { serveWorld } from '../../test/support/browser/served-world.ts';
import { toIndexedPng } from './indexed-png.ts';

/**
 * Makes `docs/images/NAME-{light,dark}-{wide,320}.png`: `npm run pictures [NAME …]`. The trail is that of a simulated company
 * over some days, one evening of which nothing was recorded; time stands still, so that the same pages make the same pictures.
 */
const NOW = new Date('2026-11-26T14:03:20Z');

/** The pictures by their names: the page of each, and what is clicked before it is taken. A new screen is one more line. */
const PICTURES: Readonly<Record<string, { readonly path: string; readonly of?: string; readonly click?: string }>> = {
  now: { path: '/ui/now' },
  at: { path: '/ui/at?ip=10.100.0.97&at=2026-11-26T10:50:00Z' },
  timeline: { path: '/ui/timeline?who=olu.santos&since=3d' },
  usage: { path: '/ui/reports/usage?since=3d' },
  concurrency: { path: '/ui/reports/concurrency?since=4d' },
  review: { path: '/ui/reports/review?since=4d' },
  findings: { path: '/ui/reports/findings?since=2d' },
  days: { path: '/ui/reports/usage?since=4d&by=day' },
  evidence: { path: '/ui/evidence?since=7d' },
  export: { path: '/ui/evidence/export?who=&since=2026-11-24&until=2026-11-26&format=csv' },
  accesses: { path: '/ui/evidence/accesses' },
  // Of the newest connection that the API finds so.
  connection: { path: '/ui/connections/', of: '/connections?user=wanjiru.qureshi&limit=1' },
  connections: { path: '/ui/connections?since=2026-11-23&not=user%3Asvc-*' },
};

const SIZES = { wide: { width: 1280, height: 800 }, 320: { width: 320, height: 640 } };
const SCHEMES = ['light', 'dark'] as const;
const MINUTE = 60_000;

/** Every 50 minutes, which proves everything, but for one evening; in the last two hours every five. */
function slots(): Date[] {
  const end = Date.parse('2026-11-26T14:00:00Z');
  const [begin, dense] = [end - 4 * 24 * 60 * MINUTE, end - 120 * MINUTE];
  const sparse = Array.from(
    { length: Math.floor((dense - begin) / (50 * MINUTE)) },
    (_, index) => begin + index * 50 * MINUTE,
  );
  const close = Array.from({ length: 25 }, (_, index) => dense + index * 5 * MINUTE);
  const outage = [Date.parse('2026-11-24T17:10:00Z'), Date.parse('2026-11-24T21:40:00Z')] as const;
  return [...sparse, ...close].filter((slot) => slot < outage[0] || slot > outage[1]).map((slot) => new Date(slot));
}

/** The id of the first connection of an answer. */
async function newestOf(url: string, question: string): Promise<string> {
  const answer = (await (await fetch(`${url}${question}`)).json()) as { connections: { connectionId: string }[] };
  return answer.connections[0]?.connectionId ?? '';
}

const wanted = process.argv.slice(2);
const folder = new URL('../images/', import.meta.url);
mkdirSync(folder, { recursive: true });
const world = simulatedCompany({ seed: 1 });
const site = await serveWorld({ world, slots: slots(), now: NOW, data: process.env.PICTURES_TRAIL });
const browser = await startBrowser();
try {
  for (const [name, { path, of, click }] of Object.entries(PICTURES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const colorScheme of SCHEMES) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        const context = await openContext(browser, site.url, { colorScheme, viewport });
        const { page, complaints } = await openWindow(context, site.url);
        await page.goto(of === undefined ? path : `${path}${await newestOf(site.url, of)}`);
        if (click !== undefined) await page.click(click);
        const file = `${name}-${colorScheme}-${size}.png`;
        writeFileSync(new URL(file, folder), toIndexedPng(await page.screenshot()), { mode: 0o644 });
        if (complaints.length > 0) throw new Error(`${file}: ${complaints.join('; ')}`);
        console.log(file);
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  await site.close();
}
