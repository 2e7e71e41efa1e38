import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const NAMED = /const \{ ([\w, ]+) \} = await import\('([^.'][^']*)'\)/g;
const NAMES_OF = /^names (.+) of (.+)$/;

/**
 * The esbuild plugin for `const { EC2Client } = await import('@aws-sdk/client-ec2')`. Of a package that is imported when it is wanted
 * esbuild takes everything, though names say what is used: 1.5 MB of EC2. With this it takes those names, as it does of an
 * `import` at the top.
 *
 * @param root the folder from which packages are found
 */
export const namedImports = (root: string): Plugin => ({
  name: 'named-imports',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(NAMED, "const { $1 } = await import('names $1 of $2')"),
      loader: 'ts',
    }));
    build.onResolve({ filter: NAMES_OF }, ({ path }) => ({ path, namespace: 'names' }));
    build.onLoad({ filter: NAMES_OF, namespace: 'names' }, ({ path }) => {
      const [, names, from] = NAMES_OF.exec(path) ?? [];
      return { contents: `export { ${names} } from '${from}'`, resolveDir: root };
    });
  },
});
