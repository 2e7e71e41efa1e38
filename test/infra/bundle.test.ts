import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundle, withLiteralKeys } from '../../lib/bundling/bundle.ts';
import { functionCode } from '../../lib/bundling/function-code.ts';

const RECORDER = 'lambda/recorder/handler.ts';
const QUERY = 'lambda/query/handler.ts';
const EXPORT = 'lambda/export/handler.ts';
const PUBLIC_KEY = 'lambda/public-key/handler.ts';

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

/** The files of a bundle that are made once for the tests of a block. */
function bundled(entry: string): { readonly folder: string; readonly files: Record<string, string> } {
  const made = { folder: '', files: {} };
  beforeAll(async () => {
    made.folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-bundle-'));
    await bundle(entry, made.folder);
    made.files = contentsOf(made.folder);
  });
  afterAll(() => rmSync(made.folder, { recursive: true }));
  return made;
}

/** Where the code of a bundle comes from, as its maps say. */
const sourcesOf = (files: Readonly<Record<string, string>>) =>
  Object.keys(files)
    .filter((name) => name.endsWith('.mjs'))
    .flatMap((name) => JSON.parse(files[`${name}.map`] ?? 'null').sources as string[]);

describe.each([
  // S3 and KMS are 130 KB, most of it S3's ways to find its endpoint and to sign, and its XML.
  ['recorder', RECORDER, 600],
  ['query function', QUERY, 500],
  ['export function', EXPORT, 600],
  ['function of the public key', PUBLIC_KEY, 250],
])('the bundle of the %s', (_, entry, mostKilobytes) => {
  const made = bundled(entry);

  it('is a module that Node loads, with the handler', () => {
    const script = `console.log(typeof (await import(${JSON.stringify(join(made.folder, 'index.mjs'))})).handler)`;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })).toBe(
      'function\n',
    );
  });

  it(`reads less than ${mostKilobytes} KB when it starts`, () => {
    const bytes = [...readAtStart(made.files, 'index.mjs')].reduce(
      (sum, name) => sum + statSync(join(made.folder, name)).size,
      0,
    );
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(mostKilobytes * 1000);
  });

  it('is the same to the byte wherever it is written', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'cvpn-audit-elsewhere-'));
    await bundle(entry, join(elsewhere, 'deeper', 'still'));
    const written = contentsOf(join(elsewhere, 'deeper', 'still'));
    rmSync(elsewhere, { recursive: true });
    expect(written).toEqual(made.files);
  });

  it('maps every file to its sources, and names no place of the machine that made it', () => {
    const sources = sourcesOf(made.files);
    expect(sources).toContain(`../${entry}`);
    expect(sources.filter((source) => !source.startsWith('../'))).toEqual([]);
    expect(Object.values(made.files).filter((text) => text.includes(process.cwd()))).toEqual([]);
  });
});

describe('EC2', () => {
  const recorder = bundled(RECORDER);
  const query = bundled(QUERY);
  const fromEc2 = (files: Readonly<Record<string, string>>) =>
    sourcesOf(files).filter((source) => source.includes('/client-ec2/'));

  it('is known to the recorder by the two operations that it calls and no other', () => {
    const all = Object.values(recorder.files).join('');
    const operations = new Set(all.match(/"(?:Describe|Run|Create|Delete|Modify|Terminate)[A-Z][A-Za-z]+(?=")/g));
    const ofEc2 = [...operations].filter((name) => /Vpn|Instance|Vpc|Image|Volume|Subnet|Snapshot/.test(name));
    expect(
      ofEc2
        .map((name) => name.slice(1))
        .filter((name) => !/(Command|Request|Result)$/.test(name))
        .sort(),
    ).toEqual(['DescribeClientVpnConnections', 'DescribeClientVpnEndpoints']);
  });

  it('is not in the bundle of the query function, which never asks it', () => {
    expect(fromEc2(recorder.files)).not.toEqual([]);
    expect(fromEc2(query.files)).toEqual([]);
  });

  it('is not alone in that: what only answers has neither the keys that sign nor the archive', () => {
    const evidence = (files: Readonly<Record<string, string>>) =>
      sourcesOf(files).filter((source) => /\/client-(?:kms|s3)\//.test(source));
    expect(evidence(recorder.files)).not.toEqual([]);
    expect(evidence(query.files)).toEqual([]);
  });
});

describe('the code of a function', () => {
  it("is its own bundle and not another's", () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const outdir = mkdtempSync(join(tmpdir(), 'cvpn-audit-code-'));
    const app = new App({ outdir });
    const keys = [RECORDER, QUERY].map(
      (entry, index) => functionCode(entry).bind(new Stack(app, `Stack${index}`)).s3Location?.objectKey,
    );
    vi.restoreAllMocks();
    rmSync(outdir, { recursive: true });
    expect(keys[0]).toBeTypeOf('string');
    expect(keys[1]).toBeTypeOf('string');
    expect(keys[0]).not.toBe(keys[1]);
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
