import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OWN_IMPORT = /(?<=(?:from |import\()['"])(\.[^'"]+)\.ts(?=['"])/g;

/**
 * Modules whose types take the place of those at the same path of the project, which are derived from schemas: their declarations
 * would import those of zod, which do not compile in every app (ADR 48).
 */
const PLAIN = 'packing/plain';

/**
 * Writes the declarations of a module and of those that its own name. TypeScript writes one for each module that it reads, and
 * leaves the endings of imports as they are, `.ts`, where the users of declarations expect `.js`.
 *
 * @param project a tsconfig that writes declarations into `folder`
 * @param entry the declarations that others read first, from `folder`
 */
export function declareTypes(project: string, folder: string, entry: string): void {
  execFileSync('tsc', ['-p', project], { stdio: ['ignore', 'inherit', 'inherit'] });
  const plain = join(folder, PLAIN);
  for (const file of globSync('**/*.d.ts', { cwd: plain })) renameSync(join(plain, file), join(folder, file));
  const needed = new Set<string>();
  const keep = (file: string) => {
    if (needed.has(file)) return;
    needed.add(file);
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, imported = ''] of text.matchAll(OWN_IMPORT)) keep(join(file, '..', `${imported}.d.ts`));
    writeFileSync(join(folder, file), text.replaceAll(OWN_IMPORT, '$1.js'));
  };
  keep(entry);
  for (const file of globSync('**/*.d.ts', { cwd: folder })) if (!needed.has(file)) rmSync(join(folder, file));
}
