import { html } from 'hono/html';
import { DEFAULT_ZONE } from '../../lambda/trail/time-zone.ts';
import { optionOf, optionsOf, quoteForShell } from '../../words/command-line.ts';
import type { ConsolePorts } from '../ports.ts';
import { addressOf, linkHere, type Parameters, pairsOf, type ScreenQuestion } from '../question.ts';
import type { Html } from '../screen.ts';

/** Where else the same answer is had. */
export interface SameAnswer {
  /** The question to the trail's HTTP API: its path, with times as instants. Or the page's own address of it. */
  readonly json?: { readonly path: string; readonly parameters?: Parameters } | { readonly address: string };
  /** Words and options of the command, like `['connection', ID]` and `{ since: '7d' }`, in the words of the page. */
  readonly command: { readonly words: readonly string[]; readonly options?: Parameters };
  /** AWS's own command, where there is one that gives the same. */
  readonly aws?: { readonly words: readonly string[]; readonly filters?: Parameters } | undefined;
}

/** The address under which a page's reader gets an answer of the API as it is. */
export function jsonPath(path: string): string {
  return `/ui/json${path}`;
}

/** The link of the view, its JSON, and the commands that give the same. */
export function sameAnswer(ports: ConsolePorts, question: ScreenQuestion, { json, command, aws }: SameAnswer): Html {
  const address = json && ('address' in json ? json.address : addressOf(jsonPath(json.path), json.parameters ?? {}));
  const own = question.origin + linkHere(question, {});
  return html`<details class="same">
<summary>Link, JSON, command</summary>
<dl>
${place('Link', 'same-link', own, html`<a id="same-link" href="${own}">${own}</a>`)}
${address === undefined ? '' : place('JSON', 'same-json', question.origin + address, html`<a id="same-json" href="${address}">${question.origin}${address}</a>`)}
${place('Command', 'same-command', '', html`<code id="same-command">${commandLine(ports, question, command)}</code>`)}
${aws === undefined ? '' : place("AWS's own command", 'same-aws', '', html`<code id="same-aws">${awsLine(ports, question, aws)}</code>`)}
</dl>
</details>`;
}

function place(label: string, id: string, text: string, shown: Html): Html {
  return html`<div><dt>${label}</dt><dd>${shown} <button type="button" class="quiet" data-copy="${id}"${text === '' ? '' : html` data-text="${text}"`} hidden>Copy<span class="unseen"> ${label}</span></button></dd></div>`;
}

/** The command that gives the same, with what it needs to find the same trail. */
export function commandLine(
  ports: ConsolePorts,
  { origin, zone }: ScreenQuestion,
  { words, options = {} }: SameAnswer['command'],
): string {
  const tz = zone === DEFAULT_ZONE ? undefined : zone;
  const given = pairsOf({ ...optionsOf(options), tz }).flatMap(([name, value]) => [optionOf(name), value]);
  return ['cvpn-audit', ...[...words, ...given, ...ports.commandOptions(origin)].map(quoteForShell)].join(' ');
}

function awsLine(
  ports: ConsolePorts,
  { origin }: ScreenQuestion,
  { words, filters = {} }: NonNullable<SameAnswer['aws']>,
): string {
  const { url, region } = ports.awsEndpoint(origin);
  const given = Object.entries(filters).flatMap(([name, values]) => {
    const all = values === undefined ? [] : [values].flat();
    return all.length === 0 ? [] : [`Name=${name},Values=${all.map(escapeFilterValue).join(',')}`];
  });
  const end = given.length === 0 ? [] : ['--filters', ...given];
  return ['aws', 'ec2', ...[...words, '--region', region, '--endpoint-url', url, ...end].map(quoteForShell)].join(' ');
}

/** AWS takes `*` and `?` for wildcards, and a backslash for an escape (EC2 User Guide, "List and filter"); the CLI's shorthand a comma. */
function escapeFilterValue(text: string): string {
  const escaped = text.replaceAll(/[\\*?]/g, '\\$&');
  return /^[\w.@:+/\\*?-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
