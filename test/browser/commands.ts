import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeClientVpnConnectionsCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { origin } from '../support/browser/browsed.ts';
import { HOSTILE, OFFICE } from '../support/browser/browsed-world.ts';
import { runHere } from '../support/command/run-here.ts';
import { loopbackEc2 } from '../support/servers/ec2-compatible.ts';

const source = async (path: string) => (await fetch(`${origin()}${path}`)).text();

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
/** What a reader of the page copies. */
const textOf = (page: string, id: string): string | undefined =>
  new RegExp(`id="${id}"[^>]*>(.*?)</(?:code|pre)>`, 's')
    .exec(page)?.[1]
    ?.replaceAll(/&([a-z]+|#39);/g, (_, name: string) => ENTITIES[name] ?? '');

/** The words of a command, as a shell reads them. */
const wordsOf = (line: string): string[] =>
  execFileSync('/bin/sh', ['-c', `set -- ${line}; printf '%s\\0' "$@"`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

/** Runs a command that a page printed. */
async function run(line: string | undefined, ...more: string[]) {
  const [program, ...words] = wordsOf(line ?? '');
  expect(program).toBe('cvpn-audit');
  return runHere([...words, ...more]);
}

const idsIn = (text: string): string[] => [...new Set(text.match(/cvpn-connection-[0-9a-f]{17}/g))].toSorted();

const MONTH = 'since=2026-03-01&until=2026-04-15T12:00Z';
const named = (name: string, value: string) => new URLSearchParams({ [name]: value }).toString();

/** The tests of the JSON and of the commands that pages offer: they are read by a shell and by the programs themselves. */
export function commandsTests(): void {
  it.each([
    ['/ui/now', 8],
    [`/ui/connections?user=alice&${named('user', HOSTILE.markup)}&${MONTH}`, 5],
    [`/ui/connections?endpoint=${OFFICE}&${named('commonName', HOSTILE.turned)}&${MONTH}&tz=Europe%2FBerlin`, 1],
    [`/ui/connections?endpoint=${OFFICE}&${MONTH}&match=started&limit=50`, 11],
    ['/ui/at?ip=10.0.0.1&at=2026-03-17T10:10&tz=Europe%2FBerlin', 2],
    [`/ui/timeline?who=alice&${MONTH}&tz=America%2FNew_York`, 4],
    ['/ui/connections/cvpn-connection-0000000000000000d', 1],
  ] as const)('%s offers the JSON and the commands that have the same %i connections', async (path, count) => {
    const page = await source(path);
    // Who had an address before and after is not what was asked.
    const shown = page
      .slice(page.indexOf('<main'))
      .replaceAll(/<div class="neighbours">.*?<\/div>|<details class="same">.*?<\/details>|<footer>.*/gs, '');
    const ids = path.includes('/cvpn-connection') ? idsIn(path) : idsIn(shown);
    expect(ids).toHaveLength(count);
    const json = /id="same-json" href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(idsIn(await source(json))).toEqual(ids);
    const { code, out } = await run(textOf(page, 'same-command'), '--output', 'json');
    expect([0, 4]).toContain(code);
    expect(idsIn(out)).toEqual(ids);
    const aws = textOf(page, 'same-aws');
    if (aws !== undefined) expect(await askAws(wordsOf(aws))).toEqual(ids);
  });

  it('offers the command of each report, of the coverage and of the accesses, which give the same', async () => {
    for (const [path, same] of [
      ['/ui/reports/usage?by=day&since=2026-03-28&until=2026-03-30&tz=Europe%2FBerlin', '"connections":2'],
      ['/ui/reports/concurrency?since=2026-03-17&until=2026-03-17', '"atMost":{"connections":3'],
      ['/ui/reports/review?since=2026-03-17&until=2026-03-17', 'carol@lab.example'],
      ['/ui/reports/findings?since=2026-03-29&until=2026-03-29&rule=two-places', 'two-places'],
      [`/ui/evidence?${MONTH}`, 'no-run'],
      ['/ui/evidence/accesses?since=2026-04-15&until=2026-04-15T12:01:00Z', 'local:'],
    ] as const) {
      const { code, out } = await run(textOf(await source(path), 'same-command'), '--output', 'json');
      expect([0, 3, 4]).toContain(code);
      expect(out).toContain(same);
    }
  });

  it('offers the command of an export, which makes it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'commands-'));
    try {
      const page = await source(
        `/ui/evidence/export?${named('who', HOSTILE.quotes)}&${MONTH}&format=ndjson&evidence=1`,
      );
      const line = textOf(page, 'same-command') ?? '';
      expect(line).toContain(' export --evidence ');
      // What is taken along proves a month here: that is no matter of a page.
      const words = wordsOf(line.replace(' --evidence', '')).slice(1);
      const out = words.indexOf('--out') + 1;
      const file = join(folder, words[out] ?? '');
      const { err } = await runHere(words.with(out, file));
      expect(err).toContain('1 connection');
      expect(idsIn(readFileSync(file, 'utf8'))).toEqual(['cvpn-connection-00000000000000009']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** Asks as AWS's own command does with these words. */
async function askAws([program, service, action, ...words]: readonly string[]): Promise<string[]> {
  expect([program, service, action]).toEqual(['aws', 'ec2', 'describe-client-vpn-connections']);
  const option = (name: string) => words[words.indexOf(name) + 1] ?? '';
  const filters = words.includes('--filters') ? words.slice(words.indexOf('--filters') + 1) : [];
  const ec2 = loopbackEc2(option('--endpoint-url'));
  const { Connections = [] } = await ec2.send(
    new DescribeClientVpnConnectionsCommand({
      ClientVpnEndpointId: option('--client-vpn-endpoint-id'),
      Filters: filters.map((filter) => {
        const [, Name = '', quoted, plain = ''] = /^Name=([\w-]+),Values=(?:"(.*)"|(.*))$/s.exec(filter) ?? [];
        return { Name, Values: quoted === undefined ? plain.split(',') : [quoted.replaceAll(/\\(.)/g, '$1')] };
      }),
    }),
  );
  ec2.destroy();
  return Connections.flatMap(({ ConnectionId = '' }) => ConnectionId).toSorted();
}
