// @ts-check
// What only a script can: keys, refresh in place, copy, the reader's own time. Every page works without it.

/** @type {(selector: string, within?: ParentNode) => HTMLElement | null} */
const find = (selector, within = document) => within.querySelector(selector);
/** @type {(selector: string, within?: ParentNode) => HTMLElement[]} */
const findAll = (selector, within = document) => [...within.querySelectorAll(/** @type {any} */ (selector))];

/** Says something to the reader: shown by a screen reader, and beside what it is about. @param {string} text */
function say(text) {
  const place = find('[data-says]');
  if (place) place.textContent = text;
}

/** Shows what works only with a script. */
function showButtons() {
  for (const element of findAll('button[hidden], [data-live][hidden]')) element.hidden = false;
}

// Copy.

/** @param {HTMLElement} button */
async function copy(button) {
  const text = button.dataset.text ?? document.getElementById(button.dataset.copy ?? '')?.textContent ?? '';
  const label = button.innerHTML;
  try {
    await navigator.clipboard.writeText(text.trim());
    button.textContent = 'Copied';
    say('Copied');
  } catch {
    button.textContent = 'Not copied: select it by hand';
    say('Not copied: the browser does not allow it');
  }
  setTimeout(() => {
    button.innerHTML = label;
  }, 2000);
}

// Times: the reader's own when one is pointed at; the whole page's zone is in the URL.

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @param {Event} event */
function showOwnTime({ target }) {
  const time = target instanceof Element ? target.closest('time') : null;
  if (!time || time.title) return;
  const date = new Date(time.dateTime);
  if (Number.isNaN(date.getTime())) return;
  time.title = `${new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' }).format(date)} (${ownZone})`;
}

/** @param {HTMLElement} button */
function showInOwnZone(button) {
  const form = button.closest('form');
  const zone = form?.elements.namedItem('tz');
  if (!form || !(zone instanceof HTMLInputElement)) return;
  zone.value = ownZone;
  form.requestSubmit();
}

// Keys.

/** The first links of the rows of the first table that has any. */
const rowLinks = () => findAll('table[data-keys] tbody tr').flatMap((row) => find('a', row) ?? []);

/** @param {number} step */
function moveBy(step) {
  const links = rowLinks();
  const row = document.activeElement?.closest('tr');
  const at = links.findIndex((link) => link.closest('tr') === row);
  const next = links[at === -1 ? (step > 0 ? 0 : links.length - 1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

/** @param {string} id */
function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

/** @type {Record<string, () => void>} */
const KEYS = {
  '/': () => {
    const search = find('[data-search]');
    if (search instanceof HTMLInputElement) {
      search.focus();
      search.select();
    } else {
      const link = findAll('nav a').find(({ textContent }) => textContent === 'Connections');
      link?.click();
    }
  },
  j: () => moveBy(1),
  k: () => moveBy(-1),
  '?': () => openDialog('keys'),
};

/** @param {KeyboardEvent} event */
function onKey(event) {
  const { target, key, ctrlKey, metaKey, altKey, isComposing } = event;
  if (ctrlKey || metaKey || altKey || isComposing || !Object.hasOwn(KEYS, key)) return;
  if (target instanceof Element && target.closest('input, textarea, select, dialog')) return;
  event.preventDefault();
  KEYS[key]?.();
}

/** @param {Event} event */
function onClick({ target }) {
  const button = target instanceof Element ? target.closest('button') : null;
  if (!button) return;
  if (button.dataset.copy !== undefined) void copy(button);
  if (button.dataset.opens !== undefined) openDialog(button.dataset.opens);
  if (button.dataset.local !== undefined) showInOwnZone(button);
}

// Completion: of the last word, behind those that are there.

/** @param {Event} event */
function complete({ target }) {
  if (!(target instanceof HTMLInputElement) || !target.list) return;
  const before = target.value.slice(0, target.value.lastIndexOf(' ') + 1);
  for (const option of target.list.options) {
    option.dataset.word ??= option.value;
    option.value = before + option.dataset.word;
  }
}

// A page that takes long: the one that is left says that it asks.

const LONG_MILLISECONDS = 400;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let asking;

function sayAsking() {
  clearTimeout(asking);
  asking = setTimeout(() => {
    find('main')?.setAttribute('aria-busy', 'true');
    say('Asking the trail …');
  }, LONG_MILLISECONDS);
}

/** Also for a page that Back brings as it was left. */
function stopAsking() {
  clearTimeout(asking);
  if (find('main')?.getAttribute('aria-busy')) say('');
  find('main')?.removeAttribute('aria-busy');
}

/** @param {MouseEvent} event */
function onLink(event) {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented;
  // A link of a drawing has another kind of href.
  const href = link?.getAttribute('href') ?? '#';
  if (isElsewhere || href.startsWith('#') || link?.hasAttribute('download')) return;
  // What is downloaded leaves this page where it is.
  if (!/^\/ui\/(?:snapshots|json)\//.test(new URL(href, location.href).pathname)) sayAsking();
}

// Refresh in place: the page says after how many seconds, and is asked for again as it is.

const RETRY_SECONDS = [5, 15, 30, 60];
let failures = 0;
let loadedAt = performance.now();
/** When the page that is shown was answered, as it says at its end. @param {ParentNode} page */
const timeOf = (page) => find('footer time', page)?.textContent ?? '';
let answeredAt = timeOf(document);

function scheduleRefresh() {
  const seconds = Number(find('main')?.dataset.refreshAfter ?? Number.NaN);
  if (Number.isNaN(seconds)) return;
  const retry = RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length) - 1];
  setTimeout(refresh, (failures === 0 ? seconds : (retry ?? seconds)) * 1000);
}

/** A page that nobody looks at asks nothing: it goes on when it is looked at. */
async function refresh() {
  if (document.hidden) {
    document.addEventListener('visibilitychange', () => void refresh(), { once: true });
    return;
  }
  try {
    const response = await fetch(location.href, {
      headers: { Accept: 'text/html' },
      signal: AbortSignal.timeout(30_000),
    });
    const next = new DOMParser().parseFromString(await response.text(), 'text/html');
    const main = find('main', next);
    if (response.status === 401) throw new Error('The session is over: open the page by the address that was printed');
    if (!main || !response.ok) throw new Error(find('h1', next)?.textContent ?? `status ${response.status}`);
    replaceMain(main);
    answeredAt = timeOf(next);
    failures = 0;
    loadedAt = performance.now();
  } catch (error) {
    failures += 1;
    const isTold = error instanceof Error && error.name === 'Error';
    const why = isTold ? error.message : 'Nothing answers: the command that serves this page may have been stopped';
    showStale(`${why}. What is here stands still since ${answeredAt}; it is asked for again by itself.`);
  }
  scheduleRefresh();
}

/** Keeps the focus, where what had it is still there. @param {Element} main */
function replaceMain(main) {
  const active = document.activeElement;
  const href = active?.closest('main') ? active.getAttribute('href') : null;
  const open = findAll('main details[open] > summary').map(({ textContent }) => textContent);
  find('main')?.replaceWith(document.importNode(main, true));
  for (const summary of findAll('main details > summary')) {
    if (open.includes(summary.textContent)) summary.closest('details')?.setAttribute('open', '');
  }
  if (href !== null)
    findAll('main a')
      .find((link) => link.getAttribute('href') === href)
      ?.focus({ preventScroll: true });
  showButtons();
}

/** @param {string} text */
function showStale(text) {
  const note = find('[data-stale]') ?? document.createElement('p');
  note.dataset.stale = '';
  note.className = 'band partial';
  const strong = document.createElement('strong');
  strong.textContent = 'Not refreshed';
  note.replaceChildren(strong, ` ${text}`);
  find('main')?.prepend(note);
  say(`Not refreshed: ${text}`);
}

/** Ages go on between two refreshes. */
function showAges() {
  const passed = (performance.now() - loadedAt) / 1000;
  for (const element of findAll('[data-age]')) {
    const seconds = Math.floor(Number(element.dataset.age) + passed);
    element.textContent = seconds < 90 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
  }
}

showButtons();
scheduleRefresh();
setInterval(showAges, 5000);
document.addEventListener('keydown', onKey);
document.addEventListener('click', onClick);
document.addEventListener('click', onLink);
document.addEventListener('submit', sayAsking);
window.addEventListener('pageshow', stopAsking);
document.addEventListener('input', complete);
document.addEventListener('pointerover', showOwnTime);
