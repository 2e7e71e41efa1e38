import { html } from 'hono/html';
import { toInstant } from '../../lambda/trail/time.ts';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import type { ConsolePorts } from '../ports.ts';
import { linkTo, pairsOf, parametersOf, type ScreenQuestion } from '../question.ts';
import type { Html, Page, Screen } from '../screen.ts';
import { link, showTime, zoneName } from './texts.ts';

interface Framed {
  readonly screens: readonly Screen[];
  readonly section: string | undefined;
  /** The addresses of the style sheet and of the script. */
  readonly assets: { readonly style: string; readonly script: string };
}

const KEYS = [
  ['/', 'search'],
  ['j  k', 'next, previous row'],
  ['Enter', 'open the row'],
  ['?', 'these keys'],
] as const;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%23175676'/%3E%3Cpath d='M3 5h10M3 8h6M3 11h8' stroke='white' stroke-width='1.6'/%3E%3C/svg%3E";

/** A whole page: what every screen has around its own part. */
export function frame(ports: ConsolePorts, question: ScreenQuestion, page: Page, framed: Framed): Html {
  const { title, heading, asked, body, refreshAfterSeconds } = page;
  const live = refreshAfterSeconds === undefined ? '' : html` data-refresh-after="${refreshAfterSeconds}"`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Client VPN audit trail</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${framed.assets.style}">
<script src="${framed.assets.script}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the answer</a>
<header class="top">
<p class="brand">${link(question, '/ui/now', html`Client VPN <span>audit trail</span>`)}</p>
<nav aria-label="Screens"><ul>${sections(question, framed)}</ul></nav>
<div class="tools">${zoneSwitch(question)}<button type="button" class="quiet" data-opens="keys" aria-keyshortcuts="?" hidden>Keys</button></div>
</header>
<main id="main" tabindex="-1"${live}>
${question.wrongZone === undefined ? '' : html`<p class="band partial" role="note"><strong>Time zone</strong> <span><bdi>${question.wrongZone}</bdi> is no time zone that is known here, like Europe/Berlin or America/New_York. Times are in UTC.</span></p>`}
<div class="heading"><h1>${heading}</h1>${asked === undefined ? '' : html`<p class="asked">${asked}</p>`}</div>
${body}
</main>
<footer>
<p>${ports.kind === 'local' ? 'The trail on this machine' : 'The trail that cvpn-audit console asks in your name'}. Times are in ${zoneName(question)}. Answered at ${showTime(question, toInstant(ports.now()))}. What this page asked is in the accesses.</p>
</footer>
<p class="unseen" role="status" aria-live="polite" data-says></p>
<dialog id="keys" aria-labelledby="keys-heading"><h2 id="keys-heading">Keys</h2>
<dl>${KEYS.map(([key, does]) => html`<div><dt>${key.split('  ').map((one) => html`<kbd>${one}</kbd> `)}</dt><dd>${does}</dd></div>`)}</dl>
<form method="dialog"><button type="submit">Close</button></form></dialog>
</body>
</html>
`;
}

/** The navigation: each section once, leading to its first screen. */
function sections(question: ScreenQuestion, { screens, section }: Framed): Html[] {
  const firsts = screens.filter(
    (screen, index) => screens.findIndex((one) => one.section === screen.section) === index,
  );
  return firsts.map((screen) => {
    const current = screen.section === section ? html` aria-current="page"` : '';
    const start = Object.fromEntries(new URLSearchParams(screen.start));
    return html`<li><a href="${linkTo(question, screen.path, start)}"${current}>${screen.section}</a></li>`;
  });
}

/** The zone of all times on the page: in the URL as `tz`, with and without the script. */
function zoneSwitch(question: ScreenQuestion): Html {
  const { tz: _, ...others } = parametersOf(question.search);
  const kept = pairsOf(others).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  const isUtc = question.zone === DEFAULT_ZONE;
  return html`<details class="zone"><summary>Times: ${zoneName(question)}</summary>
<form method="get" action="${question.path}" data-zone>${kept}
<label for="tz">Time zone</label>
<input id="tz" name="tz" value="${isUtc ? '' : question.zone}" placeholder="Europe/Berlin" autocomplete="off" autocapitalize="off" spellcheck="false">
<div class="row"><button type="submit">Show</button><button type="button" data-local hidden>Local</button>${isUtc ? '' : html`<a href="${linkTo({ zone: DEFAULT_ZONE }, question.path, others)}">UTC</a>`}</div>
</form></details>`;
}
