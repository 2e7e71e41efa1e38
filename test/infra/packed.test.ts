import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');
/** A folder of somebody else's, with the packed file installed. What npm would fetch comes from here: `.ci/packed` asks npm itself. */
const folder = mkdtempSync(join(inject('assemblies'), 'packed-'));
const INSTALLED = join(folder, 'node_modules', manifest.name);
const page = readFileSync(join(ROOT, 'docs/installing.md'), 'utf8');

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;

beforeAll(() => {
  const said = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' });
  [packed] = JSON.parse(said) as [Packed];
  mkdirSync(INSTALLED, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', INSTALLED, '--strip-components', '1']);
  for (const name of Object.keys(manifest.peerDependencies)) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
});

/** The standard output of the command as it is installed. */
async function run(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(INSTALLED, manifest.bin['cvpn-audit']), ...words],
    {
      cwd: folder,
      env,
    },
  );
  return stdout;
}

/** The name of a package that JavaScript or a declaration imports. */
const IMPORT = /(?:^(?:im|ex)port .* from '|\b(?:require|import)\(")((?:@[^/'"]+\/)?[^./:'"]+)(?=['"/])/gm;

describe('the package', () => {
  it('has what users need and nothing else', () => {
    const places = packed.files.map(({ path }) =>
      path.startsWith('dist/') ? path.split('/').slice(0, 2).join('/') : path,
    );
    expect([...new Set(places)].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/cvpn-audit.cjs',
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/command',
      'dist/construct',
      'dist/functions',
      'docs/verify-by-hand.sh',
      'package.json',
    ]);
    const endings = new Set(packed.files.map(({ path }) => /(?:\.d)?\.\w+$/.exec(path)?.[0] ?? ''));
    expect([...endings].sort()).toEqual([
      '',
      '.cjs',
      '.css',
      '.d.ts',
      '.js',
      '.json',
      '.map',
      '.md',
      '.mjs',
      '.sh',
      '.txt',
    ]);
  });

  it('is as small as docs/installing.md says', () => {
    const [, megabytes, unpacked] = /at most ([\d.]+) MB[^.]*and ([\d.]+) MB/.exec(page) ?? [];
    expect(packed.size / 1e6).toBeLessThan(Number(megabytes));
    expect(packed.unpackedSize / 1e6).toBeLessThan(Number(unpacked));
  });

  it('has no part of the command that would take long to load: of the SDK what is used', () => {
    const parts = globSync('dist/command/*.js', { cwd: INSTALLED });
    const large = parts.filter((file) => statSync(join(INSTALLED, file)).size > 400_000);
    expect([parts.length > 100, large]).toEqual([true, []]);
  });

  it('names no place of the machine that packed it', () => {
    const texts = globSync('dist/**/*.{js,mjs,map,ts}', { cwd: INSTALLED });
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.filter((file) => readFileSync(join(INSTALLED, file), 'utf8').includes(ROOT))).toEqual([]);
  });

  it('needs no package of npm besides, but the peers of the construct', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    const files = globSync('dist/construct/**/*.{js,d.ts}', { cwd: INSTALLED });
    const imports = files.flatMap((file) =>
      Array.from(readFileSync(join(INSTALLED, file), 'utf8').matchAll(IMPORT), ([, name = '']) => name),
    );
    expect([...new Set(imports)].sort()).toEqual(Object.keys(manifest.peerDependencies).sort());
  });

  it('tells its version and loads next to nothing for that', async () => {
    const coverage = join(folder, 'coverage');
    expect(await run(['--version'], { NODE_V8_COVERAGE: coverage })).toBe(`${manifest.version}\n`);
    const [report = ''] = readdirSync(coverage);
    const { result } = JSON.parse(readFileSync(join(coverage, report), 'utf8')) as { result: { url: string }[] };
    const loaded = result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    const bytes = loaded.reduce((sum, url) => sum + statSync(new URL(url)).size, 0);
    expect(loaded.length).toBeLessThan(15);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(150_000);
  });

  it('completes words for a shell, which knows all commands', async () => {
    expect(await run(['completion', 'bash'])).toMatch(/complete .*cvpn-audit\n$/);
  });

  it('says on a Node older than it needs which it needs', () => {
    const old = join(folder, 'old.cjs');
    writeFileSync(
      old,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.1' } });",
    );
    const words = ['--require', old, join(INSTALLED, manifest.bin['cvpn-audit']), '--version'];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect(`>=${/got Node 20\.11\.1; expected (\S+) or newer/.exec(stderr)?.[1]}`).toBe(manifest.engines.node);
    expect(status).toBe(1);
  });

  it('runs by a link, as from a folder of the PATH', async () => {
    const link = join(folder, 'linked');
    symlinkSync(join(INSTALLED, manifest.bin['cvpn-audit']), link);
    const { stdout } = await promisify(execFile)(process.execPath, [link, '--version']);
    expect(stdout).toBe(`${manifest.version}\n`);
  });
});

const USE = `const app = new App({ outdir: process.argv[2] });
try {
  new AuditTrail(new Stack(app, 'Wrong'), 'Trail', { interval: 7777 });
} catch (error) {
  console.log(error instanceof ConfigError, error.message);
}
app.node.tryRemoveChild('Wrong');
const roleOf = (account) => 'arn:aws:iam::' + account + ':role/ClientVpnAuditReader';
const targets = [{}, { roleArn: roleOf('222222222222') }, { roleArn: roleOf('333333333333'), region: 'us-east-1' }];
const stack = new Stack(app, 'Own', { env: { account: '111111111111', region: 'eu-central-1' } });
addOutputs(stack, new AuditTrail(stack, 'Trail', { interval: 10, externalId: 'company-4711', targets }));
const recorderRoleArn = 'arn:aws:iam::111111111111:role/Own-Recorder';
new ReaderRole(new Stack(app, 'Reader'), 'Reader', { recorderRoleArn, externalId: 'company-4711' });
app.synth();`;

const APPS = {
  'app.mjs': `import { App, Stack } from 'aws-cdk-lib';
import { addOutputs, AuditTrail, ConfigError, ReaderRole } from 'aws-client-vpn-audit';
${USE}`,
  'app.cjs': `const { App, Stack } = require('aws-cdk-lib');
const { addOutputs, AuditTrail, ConfigError, ReaderRole } = require('aws-client-vpn-audit');
${USE}`,
};

/** Without esbuild or a network: it may start no process and load no native module, and write to its own folder alone. */
function synthesize(name: keyof typeof APPS): { said: string; outdir: string } {
  const outdir = join(folder, `${name}.out`);
  writeFileSync(join(folder, name), APPS[name]);
  const forbidden = join(folder, 'no-network.cjs');
  writeFileSync(
    forbidden,
    `require('net').Socket.prototype.connect = () => { throw new Error('the network was used'); };`,
  );
  const limits = ['--permission', '--allow-fs-read=*', `--allow-fs-write=${folder}`, '--require', forbidden];
  const said = execFileSync(process.execPath, [...limits, join(folder, name), outdir], {
    cwd: folder,
    env: { TMPDIR: folder },
    encoding: 'utf8',
  });
  return { said, outdir };
}

describe('the construct in an app of somebody else', () => {
  it('is the same in CommonJS and in ECMAScript modules, for a trail of three accounts, with the bundles that the package brought', () => {
    const [esm, cjs] = [synthesize('app.mjs'), synthesize('app.cjs')];
    const templates = [esm, cjs].map(({ outdir }) => readFileSync(join(outdir, 'Own.template.json'), 'utf8'));
    expect(templates[0]).toBe(templates[1]);
    expect(Object.keys(JSON.parse(templates[0] ?? '').Outputs)).toContain('ApiUrl');
    expect(templates[0]?.match(/"Type": "AWS::Scheduler::Schedule"/g)).toHaveLength(4);
    expect(readFileSync(join(cjs.outdir, 'Reader.template.json'), 'utf8')).toContain(
      '"RoleName": "ClientVpnAuditReader"',
    );
    const bundles = globSync('asset.*/index.mjs', { cwd: esm.outdir }).map((file) =>
      readFileSync(join(esm.outdir, file), 'utf8'),
    );
    const brought = globSync('dist/functions/lambda/*/index.mjs', { cwd: INSTALLED });
    expect(brought.map((file) => basename(dirname(file))).sort()).toEqual([
      'export',
      'public-key',
      'query',
      'recorder',
    ]);
    expect(bundles.sort()).toEqual(brought.map((file) => readFileSync(join(INSTALLED, file), 'utf8')).sort());
    expect(esm.said).toMatch(
      /^true The configuration cannot be deployed:\n {2}cvpn-audit:interval: got 7777; expected /,
    );
    expect(cjs.said).toBe(esm.said);
  });

  it('says what is wrong with a configuration, and shows no page of its own code', () => {
    const file = join(folder, 'wrong.cjs');
    writeFileSync(
      file,
      `const { App, Stack } = require('aws-cdk-lib'); const { AuditTrail } = require('aws-client-vpn-audit');
new AuditTrail(new Stack(new App(), 'Wrong'), 'Trail', { interval: 7777 });`,
    );
    const { stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    expect(stderr).toContain('ConfigError: The configuration cannot be deployed:\n  cvpn-audit:interval: got 7777;');
    expect(stderr.length).toBeLessThan(4000);
  });
});
