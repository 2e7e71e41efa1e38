import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { bundle, withLiteralKeys } from '../../lib/bundling/bundle.ts';
import { functionCode } from '../../lib/bundling/function-code.ts';

type Files = Readonly<Record<string, string>>;

const ENTRIES = ['recorder', 'query', 'export', 'public-key'].map((name) => `lambda/${name}/handler.ts`);
const [RECORDER = '', QUERY = '', , PUBLIC_KEY = ''] = ENTRIES;

const folder = mkdtempSync(join(inject('assemblies'), 'bundles-'));
const folderOf = (entry: string) => join(folder, entry.replaceAll('/', '-'));

const contentsOf = (place: string): Files =>
  Object.fromEntries(
    readdirSync(place)
      .sort()
      .map((name) => [name, readFileSync(join(place, name), 'utf8')]),
  );

beforeAll(() => Promise.all(ENTRIES.map((entry) => bundle(entry, folderOf(entry)))));
afterEach(() => {
  vi.restoreAllMocks();
});

/** The files that an import of `name` reads: itself and what it imports statically, and so on. */
function readAtStart(files: Files, name: string, seen = new Set<string>()): Set<string> {
  seen.add(name);
  for (const [, imported = ''] of (files[name] ?? '').matchAll(/(?:from|import)\s?"\.\/([^"]+)"/g)) {
    if (!seen.has(imported)) readAtStart(files, imported, seen);
  }
  return seen;
}

/** Where the code of a bundle comes from, as its maps say. */
const sourcesOf = (files: Files) =>
  Object.keys(files)
    .filter((name) => name.endsWith('.mjs'))
    .flatMap((name) => JSON.parse(files[`${name}.map`] ?? 'null').sources as string[]);

describe('the bundles', () => {
  it('are modules that Node loads, with the handler', () => {
    const modules = ENTRIES.map((entry) => join(folderOf(entry), 'index.mjs'));
    const script = `for (const one of ${JSON.stringify(modules)}) console.log(typeof (await import(one)).handler)`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(printed).toBe('function\n'.repeat(ENTRIES.length));
  });

  it.each([
    // S3 and KMS are 130 KB, most of it S3's ways to find its endpoint and to sign, and its XML.
    [600, 'recorder'],
    [500, 'query'],
    [550, 'export'],
    [250, 'public-key'],
  ])('read less than %i KB when %s starts', (mostKilobytes, name) => {
    const files = contentsOf(folderOf(`lambda/${name}/handler.ts`));
    const read = [...readAtStart(files, 'index.mjs')].map((one) => Buffer.byteLength(files[one] ?? ''));
    const bytes = read.reduce((sum, one) => sum + one, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(mostKilobytes * 1000);
  });

  it.each(ENTRIES)('map every file of %s to its sources, and name no place of the machine that made it', (entry) => {
    const files = contentsOf(folderOf(entry));
    expect(sourcesOf(files)).toContain(`../${entry}`);
    expect(sourcesOf(files).filter((source) => !source.startsWith('../'))).toEqual([]);
    expect(Object.values(files).filter((text) => text.includes(process.cwd()))).toEqual([]);
  });

  it('are the same to the byte wherever they are written', async () => {
    const elsewhere = join(folder, 'deeper', 'still');
    await bundle(PUBLIC_KEY, elsewhere);
    expect(contentsOf(elsewhere)).toEqual(contentsOf(folderOf(PUBLIC_KEY)));
  });
});

it("the code of a function is its own bundle and not another's", () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const outdir = join(folder, 'cdk.out');
  const app = new App({ outdir });
  const assets = ['first', 'second'].map((name) => {
    writeFileSync(join(folder, `${name}.ts`), `export const handler = '${name} handler';`);
    const { s3Location } = functionCode(join(folder, `${name}.ts`)).bind(new Stack(app, name));
    return contentsOf(join(outdir, `asset.${s3Location?.objectKey.replace('.zip', '')}`))['index.mjs'];
  });
  expect(assets).toEqual(['first', 'second'].map((name) => expect.stringContaining(`${name} handler`)));
});

it('EC2 is known to the recorder by the two operations that it calls and no other', () => {
  const all = Object.values(contentsOf(folderOf(RECORDER))).join('');
  const operations = new Set(all.match(/"(?:Describe|Run|Create|Delete|Modify|Terminate)[A-Z][A-Za-z]+(?=")/g));
  const ofEc2 = [...operations].filter((name) => /Vpn|Instance|Vpc|Image|Volume|Subnet|Snapshot/.test(name));
  const called = ofEc2.map((name) => name.slice(1)).filter((name) => !/(Command|Request|Result)$/.test(name));
  expect(called.sort()).toEqual(['DescribeClientVpnConnections', 'DescribeClientVpnEndpoints']);
});

it.each(['ec2', 'kms', 's3'])('what only answers has no client of %s, which the recorder has', (client) => {
  const clients = [RECORDER, QUERY].map((entry) =>
    sourcesOf(contentsOf(folderOf(entry))).some((source) => source.includes(`/client-${client}/`)),
  );
  expect(clients).toEqual([true, false]);
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
