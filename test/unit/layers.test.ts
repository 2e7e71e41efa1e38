import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** What the files of a folder import: packages by their name, files of this project by their path from the root. */
function importsOf(folder: string): string[] {
  return globSync(`${folder}/**/*.ts`, { cwd: ROOT }).flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return [...text.matchAll(/^(?:import|export)[^;]*? from '([^']+)';|^import '([^']+)';/gm)].map(
      ([, from, alone]) => {
        const name = from ?? alone ?? '';
        return name.startsWith('.') ? relative(ROOT, join(ROOT, file, '..', name)) : name;
      },
    );
  });
}

const within = (folders: readonly string[]) => (name: string) =>
  folders.some((folder) => name.startsWith(`${folder}/`));

describe('the layers', () => {
  it('keep the trail pure: it imports nothing but itself and Node', () => {
    const foreign = importsOf('lambda/trail').filter(
      (name) => !name.startsWith('node:') && !within(['lambda/trail'])(name),
    );
    expect(foreign).toEqual([]);
  });

  it('keep what runs in Lambda free of the command, the one machine and the deployment', () => {
    expect(
      importsOf('lambda').filter(
        within(['cli', 'local', 'console', 'lib', 'bin', 'bench', 'test', 'gateway', 'verification']),
      ),
    ).toEqual([]);
  });

  it('let the deployment know of the functions only their environment, settings and metrics, the tables, and the folders of the archive', () => {
    const known = new Set(importsOf('lib').filter(within(['lambda'])));
    expect([...known].sort()).toEqual([
      'lambda/dynamodb/tables.ts',
      'lambda/export/env.ts',
      'lambda/query/env.ts',
      'lambda/recorder/env.ts',
      'lambda/recorder/metric-names.ts',
      'lambda/settings.ts',
      'lambda/trail/archive.ts',
      'lambda/trail/endpoint-id.ts',
    ]);
  });
});
