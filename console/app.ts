import { Hono } from 'hono';
import { compress } from 'hono/compress';
import type { Ask } from '../lambda/query/schemas/ask-trail.ts';
import { SCRIPT, STYLE } from './assets.ts';
import { frame } from './parts/frame.ts';
import { jsonPath } from './parts/same-answer.ts';
import { emptyState, troublePage } from './parts/states.ts';
import type { ConsolePorts, ScreenPorts } from './ports.ts';
import { linkTo, readQuestion, type ScreenQuestion } from './question.ts';
import { leadTo, type Page, type Screen, written } from './screen.ts';
import { SCREENS } from './screens/all.ts';

/** The pages. */
export interface Console {
  /** @param ask the trail's HTTP API, asked as the reader of the page */
  fetch(request: Request, ask: Ask): Promise<Response>;
}

type Bindings = { Bindings: { readonly ask: Ask } };

const PAGE = 'text/html; charset=utf-8';
/** Kept by the browser of the one who asked, as its address has a part of its hash. */
const KEEP = 'private, max-age=31536000, immutable';
/** Headers of the API's answers to pass on. */
const FORWARDED = ['content-type', 'retry-after'];

/** The console: its screens, its style sheet and script, and the API's answers as they are under `/ui/json/`. */
export function createConsole(ports: ConsolePorts): Console {
  const app = new Hono<Bindings>();
  app.use(compress());
  for (const { path, type, content } of [STYLE, SCRIPT]) {
    app.get(path, (context) => context.body(content, 200, { 'Content-Type': type, 'Cache-Control': KEEP }));
  }
  app.get(jsonPath('/*'), async ({ env, req }) => {
    const { pathname, search } = new URL(req.url);
    const answer = await env.ask(`${pathname.slice(jsonPath('').length)}${search}`);
    const headers = FORWARDED.flatMap((name): [string, string][] => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    return new Response(await answer.arrayBuffer(), { status: answer.status, headers });
  });
  for (const screen of SCREENS) {
    app.all(screen.path.replace(/\{(\w+)\}/g, ':$1'), async ({ env, req }) => {
      const question = readQuestion(req.url, req.param(), ports.now());
      return respond(screen, { ...ports, ask: env.ask }, question, req.raw);
    });
  }
  app.notFound(({ req, env }) => {
    const question = readQuestion(req.url, {}, ports.now());
    if (/^\/ui\/?$/.test(question.path)) {
      return leadTo(linkTo(question, SCREENS[0]?.path ?? ''));
    }
    const body = emptyState('There is no such page', 'The navigation above has all that there are.');
    const page = { title: 'Not found', heading: 'Not found', body, status: 404 };
    return framed({ ...ports, ask: env.ask }, question, page, undefined);
  });
  return { fetch: async (request, ask) => app.fetch(request, { ask }) };
}

async function respond(
  screen: Screen,
  ports: ScreenPorts,
  question: ScreenQuestion,
  request: Request,
): Promise<Response> {
  const { method } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead && !(method === 'POST' && screen.submit)) {
    const allowed = screen.submit ? 'GET, HEAD, POST' : 'GET, HEAD';
    return new Response(`Got ${method}, expected ${allowed}.`, { status: 405, headers: { Allow: allowed } });
  }
  const form = isRead ? new FormData() : await request.formData().catch(() => undefined);
  if (form === undefined) return new Response('Expected a form, as the page sends it.', { status: 415 });
  const made = async () =>
    isRead || !screen.submit ? screen.show(ports, question) : screen.submit(ports, question, form);
  const page = await made().catch((error: unknown) => troublePage(error, ports, question));
  return page instanceof Response ? page : framed(ports, question, page, screen.section);
}

function framed(ports: ScreenPorts, question: ScreenQuestion, page: Page, section: string | undefined): Response {
  const assets = { style: STYLE.address, script: SCRIPT.address };
  const whole = frame(ports, question, page, { screens: SCREENS, section, assets });
  return new Response(written(whole), { status: page.status ?? 200, headers: { 'Content-Type': PAGE } });
}
