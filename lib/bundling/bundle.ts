import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles one Lambda function into `outdir`: `index.mjs`, the files it loads, and their maps. The AWS SDK is included, so the
 * tested version runs, not the runtime's. The same sources give the same bytes for any location of the checkout and
 * `outdir`, and so the same asset hash: a deployment without a change changes nothing.
 *
 * @param entry the module that exports `handler`, absolute or from the root of the repository
 * @returns the paths of what is in it, from the root of the repository
 * @throws the esbuild failure, whose message names the file and line
 */
export async function bundle(entry: string, outdir: string): Promise<string[]> {
  const { outputFiles, metafile } = await build({
    entryPoints: { index: entry },
    // Not the caller's: the sources in the maps are written relative to this place.
    outdir: join(ROOT, 'dist'),
    outExtension: { '.js': '.mjs' },
    write: false,
    absWorkingDir: ROOT,
    bundle: true,
    format: 'esm',
    // What the SDK imports only when it needs it (single sign-on and other credentials that Lambda never has) goes to
    // files of its own that are never read: a third off the time of a cold start.
    splitting: true,
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    // A stack trace needs the places; the sources themselves are in the repository.
    sourcesContent: false,
    metafile: true,
    plugins: [literalKeys],
    logLevel: 'warning',
  });
  await mkdir(outdir, { recursive: true });
  for (const file of outputFiles) {
    await writeFile(join(outdir, basename(file.path)), file.contents);
  }
  return Object.keys(metafile.inputs);
}

/** The file in which an AWS SDK client keeps the schemas of all its operations: 1.3 MB for EC2. */
const SCHEMAS = /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/;
const STRING_CONSTANT = /^const (_\w+) = ("[^"\\]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\](?=\s*:)/g;

/**
 * Writes the computed keys of an SDK schema file as the literals they stand for: `{ [_xN]: _con }` becomes
 * `{ ["xmlName"]: _con }`. A computed key could run code (`toString`), so esbuild must keep every schema that has
 * one; a literal cannot, and the schemas that nothing refers to fall away: 831 KB of EC2 become 292 KB. A key whose
 * constant is not in the file stays as it is, which costs bytes and changes nothing else.
 */
export function withLiteralKeys(source: string): string {
  const constants = new Map(Array.from(source.matchAll(STRING_CONSTANT), (match) => [match[1], match[2]]));
  return source.replace(COMPUTED_KEY, (whole, name: string) => {
    const literal = constants.get(name);
    return literal === undefined ? whole : `[${literal}]`;
  });
}

/** The esbuild plugin that applies {@link withLiteralKeys} to the schemas of every AWS SDK client in a bundle. */
export const literalKeys: Plugin = {
  name: 'literal-keys',
  setup(build) {
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};

if (import.meta.main) {
  const [entry, outdir] = process.argv.slice(2);
  if (entry === undefined || outdir === undefined) {
    console.error('usage: node lib/bundling/bundle.ts ENTRY OUTDIR');
    process.exitCode = 2;
  } else {
    await bundle(entry, resolve(outdir));
  }
}
