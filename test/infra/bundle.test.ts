import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../lib/bundling/bundle.ts';
import { withLiteralKeys } from '../../lib/bundling/literal-keys.ts';

const HANDLER = 'lambda/recorder/handler.ts';

const contentsOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

/** The files that an import of `name` reads: itself and what it imports statically, and so on. */
function readAtStart(files: Readonly<Record<string, string>>, name: string, seen = new Set<string>()): Set<string> {
  seen.add(name);
  for (const [, imported = ''] of (files[name] ?? '').matchAll(/(?:from|import)\s?"\.\/([^"]+)"/g)) {
    if (!seen.has(imported)) {
      readAtStart(files, imported, seen);
    }
  }
  return seen;
}

describe("the recorder's bundle", () => {
  let folder: string;
  let files: Record<string, string>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-bundle-'));
    await bundle(HANDLER, folder);
    files = contentsOf(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('is a module that Node loads, with the handler', () => {
    const script = `console.log(typeof (await import(${JSON.stringify(join(folder, 'index.mjs'))})).handler)`;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })).toBe(
      'function\n',
    );
  });

  it('knows the two operations of EC2 that it calls and no other', () => {
    const all = Object.values(files).join('');
    const operations = new Set(all.match(/"(?:Describe|Run|Create|Delete|Modify|Terminate)[A-Z][A-Za-z]+(?=")/g));
    const ofEc2 = [...operations].filter((name) => /Vpn|Instance|Vpc|Image|Volume|Subnet|Snapshot/.test(name));
    expect(
      ofEc2
        .map((name) => name.slice(1))
        .filter((name) => !/(Command|Request|Result)$/.test(name))
        .sort(),
    ).toEqual(['DescribeClientVpnConnections', 'DescribeClientVpnEndpoints']);
  });

  it('reads less than 500 KB when it starts', () => {
    const bytes = [...readAtStart(files, 'index.mjs')].reduce(
      (sum, name) => sum + statSync(join(folder, name)).size,
      0,
    );
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(500_000);
  });

  it('is the same to the byte wherever it is written', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'cvpn-audit-elsewhere-'));
    await bundle(HANDLER, join(elsewhere, 'deeper', 'still'));
    const written = contentsOf(join(elsewhere, 'deeper', 'still'));
    rmSync(elsewhere, { recursive: true });
    expect(written).toEqual(files);
  });

  it('maps every file to its sources, and names no place of the machine that made it', () => {
    const scripts = Object.keys(files).filter((name) => name.endsWith('.mjs'));
    const sources = scripts.flatMap((name) => JSON.parse(files[`${name}.map`] ?? 'null').sources as string[]);
    expect(sources).toContain(`../${HANDLER}`);
    expect(sources.filter((source) => !source.startsWith('../'))).toEqual([]);
    expect(Object.values(files).filter((text) => text.includes(process.cwd()))).toEqual([]);
  });
});

describe('the plugin that makes schemas removable', () => {
  it('writes a computed key as the literal that its constant holds', () => {
    const source = 'const _xN = "xmlName";\nexport var List = [3, { [_xN]: _con }];\n';
    expect(withLiteralKeys(source)).toBe('const _xN = "xmlName";\nexport var List = [3, { ["xmlName"]: _con }];\n');
  });

  it('leaves alone what is no key and what it does not know', () => {
    const source = 'const _a = "A";\nconst n0 = [_a];\nexport var S = { [_unknown]: _a, list: [_a] };\n';
    expect(withLiteralKeys(source)).toBe(source);
  });
});
