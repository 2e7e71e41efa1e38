import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT });

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const linksOf = (page: string) => [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];

function leadsSomewhere(page: string, [, path = '', anchor]: readonly (string | undefined)[]): boolean {
  const target = path === '' ? page : join(page, '..', path);
  if (!existsSync(join(ROOT, target))) return false;
  return (
    anchor === undefined ||
    [...read(target).matchAll(/^#+ (.+)$/gm)].some(([, heading = '']) => anchorOf(heading) === anchor)
  );
}

describe('the pages', () => {
  it('link to what is there', () => {
    const broken = pages.flatMap((page) => linksOf(page).filter((link) => !leadsSomewhere(page, link)));
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('show by a test or a decision whatever somebody could do, and what nobody can see', () => {
    const [, table = '', unseen = ''] =
      /## What each could do(.*)## What nobody can see(.*?)\n## /s.exec(read('SECURITY.md')) ?? [];
    const roles = table.split('\n').filter((line) => /^\| (?!what |--)/.test(line));
    expect(roles.length).toBeGreaterThan(10);
    expect(roles.filter((row) => !/\]\((?:test|docs)\/[^|]*\|$/.test(row))).toEqual([]);
    expect(unseen).toContain('test/simulation/tampering-not-found.test.ts');
  });

  it('name only files that are there, on the map', () => {
    const named = [...read('docs/map.md').matchAll(/`([\w./-]+\/[\w./-]*)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('have each decision in their index, and each is cited where the code follows it', () => {
    const titles = globSync('docs/adr/0*.md', { cwd: ROOT }).map((file) => /^# (\d+)\. (.+)/.exec(read(file)) ?? []);
    const index = [...read('docs/adr/README.md').matchAll(/^\| \[(\d+)\]\(\S+\) \| (.+) \|$/gm)];
    const rows = (matches: readonly (readonly string[])[]) => matches.map(([, number, title]) => `${number}. ${title}`);
    expect(rows(index)).toEqual(rows(titles).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)));
    const code = globSync(
      ['{bin,lib,packing,lambda,verification,reports,console,gateway,cli,local,test,bench}/**/*.ts', '.ci/run'],
      {
        cwd: ROOT,
      },
    );
    const cited = new Set(code.flatMap((file) => [...read(file).matchAll(/ADRs? (\d+)/g)].map(([, number]) => number)));
    expect(titles.map(([, number]) => number).filter((number) => !cited.has(number))).toEqual([]);
  });
});
