import type { html } from 'hono/html';
import type { ScreenPorts } from './ports.ts';
import type { ScreenQuestion } from './question.ts';

/** A piece of a page, made by hono's `html`, which escapes all texts that are put into it. */
export type Html = ReturnType<typeof html>;

/**
 * What a piece of a page is as text.
 *
 * @throws TypeError for one that waits for a promise: written as it is, the page would say `[object Promise]`
 */
export function written(piece: Html): string {
  if (piece instanceof Promise) throw new TypeError('A piece of a page waits for a promise: await that before.');
  return piece.toString();
}

/** What a screen gives the frame. */
export interface Page {
  /** For the window's title and the history, like `Connections of alice`. */
  readonly title: string;
  /** The one h1. */
  readonly heading: Html | string;
  /** What was asked, in words, under the heading. */
  readonly asked?: Html | string;
  /** Everything below. */
  readonly body: Html;
  /** @default 200 */
  readonly status?: number;
  /**
   * The page goes on by itself: after so many seconds the script asks for it again and replaces its `<main>`.
   * @default - it stays as it is
   */
  readonly refreshAfterSeconds?: number | undefined;
}

/**
 * One screen: its address and what it shows. A new one is a file in `screens/`, and a line in `screens/all.ts`. It asks with
 * `askTrail(ports.ask, path, schema)`; what that throws becomes a page that says what to do.
 */
export interface Screen {
  /** The path, with names in braces, like `/ui/connections/{connectionId}`. */
  readonly path: string;
  /** The entry of the navigation that it belongs to; the first screen of an entry is where that leads. */
  readonly section: string;
  /** What the entry leads to, behind the path, like `?since=7d`. */
  readonly start?: string;
  readonly show: (ports: ScreenPorts, question: ScreenQuestion) => Promise<Page | Response>;
  /**
   * What a POST of the page's own form does; its Origin has been checked. Best it ends in {@link leadTo}, so that a reload
   * repeats nothing.
   */
  readonly submit?: (ports: ScreenPorts, question: ScreenQuestion, form: FormData) => Promise<Page | Response>;
}

/** The answer that leads to another page. */
export function leadTo(address: string): Response {
  return new Response(null, { status: 303, headers: { Location: address } });
}
