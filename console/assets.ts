import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file that pages load. */
export interface Asset {
  /** The path that it is served under. */
  readonly path: string;
  /** The address that pages name: with a part of its hash, so that a browser may keep it. */
  readonly address: string;
  readonly type: string;
  readonly content: string;
}

/** @param files beside this one, in the order in which they are served as one */
function readAsset(name: string, type: string, files = [name]): Asset {
  const content = files.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n');
  const path = `/ui/${name}`;
  return { path, address: `${path}?v=${hash('sha256', content).slice(0, 12)}`, type, content };
}

/** The style sheet of all pages. */
export const STYLE = readAsset('style.css', 'text/css; charset=utf-8', ['style.css', 'charts/charts.css']);

/** The script of all pages, which work without it. */
export const SCRIPT = readAsset('script.js', 'text/javascript; charset=utf-8');
