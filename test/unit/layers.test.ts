import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

const IMPORT = /^(?:import|export)[^;]*? from '([^']+)'|^import '([^']+)'|import\(\s*'([^']+)'/gm;

/** What a file imports: packages by their name, files of this project by their path from the root. */
function importsOf(file: string): string[] {
  return [...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)].map((names) => {
    const name = names.slice(1).find((one) => one !== undefined) ?? '';
    return name.startsWith('.') ? relative(ROOT, join(ROOT, file, '..', name)) : name;
  });
}

const FILES = globSync('**/*.ts', {
  cwd: ROOT,
  exclude: ['node_modules', 'cdk.out*', 'dist', '**/node_modules'],
}).filter((file) => file.includes('/'));

/** The modules of the settings that a deployment and a function share. */
const SETTINGS = ['lambda/settings.ts'];

const CODE = [
  'lambda',
  'verification',
  'words',
  'reports',
  'gateway',
  'console',
  'local',
  'cli',
  'lib',
  'bin',
  'packing',
  'bench',
  'docs',
  'package.json',
];
/** For what measures, describes or tests the rest; a campaign lives the worlds of the tests. */
const EVERYTHING = [...CODE, 'test/support/odd-truths'];

/** What the files of each folder may import besides their own folder, packages and Node; itself a folder or a file. */
const MAY_KNOW: Readonly<Record<string, readonly string[]>> = {
  'lambda/trail': [],
  'lambda/dynamodb': ['lambda/trail'],
  'lambda/archive': ['lambda/trail'],
  'lambda/public-key': ['lambda/trail'],
  'lambda/recorder': [
    'lambda/trail',
    'lambda/dynamodb',
    'lambda/archive',
    'lambda/few-at-once.ts',
    'lambda/until-aborted.ts',
    ...SETTINGS,
  ],
  // It describes the signing of exports beside its own routes, and names the version of the whole.
  'lambda/query': [
    'lambda/trail',
    'lambda/dynamodb',
    'lambda/export/request.ts',
    'lambda/few-at-once.ts',
    'lambda/recorder/version.ts',
    ...SETTINGS,
  ],
  'lambda/export': [
    'lambda/trail',
    'lambda/dynamodb',
    'lambda/archive',
    'lambda/query',
    'lambda/recorder',
    ...SETTINGS,
  ],
  lambda: [],
  verification: ['lambda'],
  // What people read of the API's answers, on the command line and on the pages.
  words: ['lambda/query/json.ts', 'lambda/query/schemas', 'lambda/trail'],
  // It adds up the API's answers, which it asks for in pages as large as the API gives.
  reports: ['lambda/query/parameters/definitions.ts', 'lambda/query/schemas', 'lambda/trail', 'words'],
  // The API's answers, the address that exports are sent to, and the words and times of the trail.
  gateway: ['lambda/query/schemas', 'lambda/export/request.ts', 'lambda/trail'],
  // The pages know the API's answers, and nothing of what is behind them.
  console: [
    'lambda/query/matches.ts',
    'lambda/query/parameters/definitions.ts',
    'lambda/export/formats/format.ts',
    'lambda/query/schemas',
    'lambda/trail',
    'words',
    'reports',
  ],
  local: ['lambda', 'gateway', 'console'],
  cli: ['lambda', 'verification', 'words', 'reports', 'gateway', 'console', 'local', 'package.json'],
  // The functions' environment, their metrics, the tables, and what is called the same in both.
  lib: [
    'lambda/dynamodb/tables.ts',
    'lambda/export/env.ts',
    'lambda/query/env.ts',
    'lambda/recorder/env.ts',
    'lambda/recorder/metric-names.ts',
    'lambda/trail/target-name.ts',
    'lambda/recorder/version.ts',
    'lambda/trail/archive.ts',
    'lambda/trail/endpoint-id.ts',
    'lambda/trail/owner.ts',
    'lambda/trail/role.ts',
    ...SETTINGS,
  ],
  bin: ['cli', 'lib', 'words'],
  // It makes the package of the rest, which it names by path.
  packing: ['lib', 'lambda/query/env.ts', 'package.json'],
  bench: EVERYTHING,
  // Runs the command as the tests do.
  docs: ['lambda', 'lib', 'local', 'test/support/browser', 'test/support/command'],
  test: EVERYTHING,
};

/** Whether a file is one of these, or in one of these folders. */
const isIn = (file: string, places: readonly string[]) =>
  places.some((place) => file === place || file.startsWith(`${place}/`));

/** The folder of the table that a file belongs to: the innermost. */
function layerOf(file: string): string | undefined {
  const layers = Object.keys(MAY_KNOW).filter((folder) => isIn(file, [folder]));
  return layers.sort((one, other) => other.length - one.length)[0];
}

const isOurs = (name: string) => /\.(?:ts|json)$/.test(name);

describe('the layers', () => {
  it('have a place for every folder', () => {
    const isPlaced = (file: string) =>
      layerOf(file) !== undefined && (layerOf(file) !== 'lambda' || !/^lambda\/.*\//.test(file));
    expect(FILES.filter((file) => !isPlaced(file))).toEqual([]);
  });

  it.each(Object.entries(MAY_KNOW))('let %s know no more than it needs', (layer, known) => {
    const foreign = FILES.filter((file) => layerOf(file) === layer).flatMap((file) =>
      importsOf(file)
        .filter((name) => isOurs(name) && layerOf(name) !== layer && !isIn(name, known))
        .map((name) => `${file} imports ${name}`),
    );
    expect(foreign).toEqual([]);
  });

  const restricted = Object.entries(MAY_KNOW).filter(([, known]) => known !== EVERYTHING);

  it.each(restricted)('name nothing for %s that it does not use', (layer, known) => {
    const used = FILES.filter((file) => layerOf(file) === layer).flatMap(importsOf);
    expect(known.filter((place) => !used.some((name) => isIn(name, [place])))).toEqual([]);
  });

  it('keep the trail pure: besides itself it imports Node alone', () => {
    const packages = FILES.filter((file) => layerOf(file) === 'lambda/trail').flatMap(importsOf);
    expect(packages.filter((name) => !isOurs(name) && !name.startsWith('node:'))).toEqual([]);
  });

  it('keep words for the terminal and the command line to the command', () => {
    const libraries = FILES.filter((file) => isIn(file, ['lambda', 'verification', 'gateway', 'local']));
    const speaking = libraries.filter(
      (file) =>
        importsOf(file).includes('commander') ||
        /process\.(?:stdout|stderr|argv|exit)\b/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(speaking).toEqual([]);
  });

  it('let what answers and what exports call AWS through the stores alone', () => {
    const files = FILES.filter((file) => isIn(file, ['lambda/query', 'lambda/export']));
    expect(files).toContain('lambda/query/handler.ts');
    const isCalling = (file: string) => /new \w+Command\(|paginate\w+\(/.test(readFileSync(join(ROOT, file), 'utf8'));
    expect(files.filter(isCalling)).toEqual([]);
  });
});
