import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

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
