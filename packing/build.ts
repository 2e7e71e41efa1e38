import { cpSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { bundle, literalKeys } from '../lib/bundling/bundle.ts';
import manifest from '../package.json' with { type: 'json' };
import { declareTypes } from './declarations.ts';
import { licencesOf } from './licences.ts';
import { namedImports } from './named-imports.ts';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** What the command and the construct have in common. */
const OURS: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  // A stack trace needs the places; the sources themselves are in the repository.
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
};

/** The bundles are ECMAScript modules, and some packages inside still call this. */
const REQUIRE = "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);";

/**
 * Builds `dist/`, which is all the code of the package besides its launcher (ADR 47): the command, the construct with its types,
 * the functions' bundles, and the licences of the packages that are inside these.
 */
async function buildPackage(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  const inside = [...(await buildCommand()), ...(await buildConstruct()), ...(await buildFunctions())];
  writeFileSync(join(DIST, 'THIRD-PARTY-LICENSES.txt'), licencesOf(ROOT, inside));
}

/**
 * In parts, of which each command reads its own.
 *
 * @returns the paths of what is in it, from the root of the repository
 */
async function buildCommand(): Promise<string[]> {
  const outdir = join(DIST, 'command');
  const { metafile } = await build({
    ...OURS,
    // Beside the launcher, which loads either of them.
    entryPoints: ['bin/cvpn-audit.ts', 'packing/polyfills.ts'],
    entryNames: '[name]',
    outdir,
    format: 'esm',
    splitting: true,
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    plugins: [literalKeys, namedImports(ROOT)],
  });
  // The pages' files are read from beside the module that names them, which is now here.
  for (const file of globSync('**/*.{css,js}', { cwd: join(ROOT, 'console') })) {
    cpSync(join(ROOT, 'console', file), join(outdir, file));
  }
  return Object.keys(metafile.inputs);
}

/**
 * One file of CommonJS for `require` and `import` alike: two would be two classes of one name in an app (ADR 48).
 *
 * @returns the paths of what is in it, from the root of the repository
 */
async function buildConstruct(): Promise<string[]> {
  const place = join(DIST, 'construct');
  const { metafile } = await build({
    ...OURS,
    entryPoints: ['lib/index.ts'],
    outdir: place,
    format: 'cjs',
    external: Object.keys(manifest.peerDependencies),
    define: { 'import.meta.dirname': '__dirname' },
    // Node prints the line that an uncaught ConfigError comes from: it must not hide the message.
    minifyWhitespace: false,
    plugins: [prebuiltFunctions],
  });
  writeFileSync(join(place, 'package.json'), '{ "type": "commonjs" }\n');
  declareTypes(join(ROOT, 'packing/declarations.json'), join(place, 'types'), 'lib/index.d.ts');
  return Object.keys(metafile.inputs);
}

const prebuiltFunctions: Plugin = {
  name: 'prebuilt-functions',
  setup(build) {
    build.onResolve({ filter: /\/function-code\.ts$/ }, () => ({ path: join(ROOT, 'packing/prebuilt-code.ts') }));
  },
};

/** @returns the paths of what is in them, from the root of the repository */
async function buildFunctions(): Promise<string[]> {
  const entries = globSync('lambda/*/handler.ts', { cwd: ROOT });
  const inside = await Promise.all(entries.map((entry) => bundle(entry, join(DIST, 'functions', dirname(entry)))));
  return inside.flat();
}

await buildPackage();
