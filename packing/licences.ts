import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE_OF = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/**
 * The licences of packages whose code is in bundles: they have to go where the code goes.
 *
 * @param inside the paths of what was bundled, from `root`
 * @throws if a package has neither a licence file nor a name of its licence
 */
export function licencesOf(root: string, inside: readonly string[]): string {
  const folders = [...new Set(inside.flatMap((path) => PACKAGE_OF.exec(path)?.[1] ?? []))].sort();
  const namesByText = Map.groupBy(folders, (folder) => licenceOf(join(root, folder)));
  const parts = [...namesByText].map(([text, places]) => {
    const names = places.map((place) => place.replace(/^.*node_modules\//, ''));
    return `${[...new Set(names)].join(', ')}\n\n${text.trim()}\n`;
  });
  return `What is bundled in this folder, and its licences.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Its text, or its name where the package has no more of it. */
function licenceOf(folder: string): string {
  const [file] = globSync('{LICEN[CS]E,licen[cs]e}*', { cwd: folder }).sort();
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8');
  const { license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { license?: string };
  if (license !== undefined) return license;
  throw new Error(`${folder}: found no licence; expected one, because its code is in a bundle`);
}
