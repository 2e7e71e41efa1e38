import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { whatStandsInTheWay } from './release-state.ts';

interface Packed {
  readonly filename: string;
  readonly name: string;
  readonly version: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly integrity: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What each release has passed; the packed file is checked after it is made. */
const CHECKS = ['lint', 'types', 'test'];

/** Checks the checkout in the current folder, packs it, tries the packed file, and publishes it, unless told not to. */
function release(isDry: boolean): void {
  const problems = whatStandsInTheWay('.');
  for (const problem of problems) console.error(problem);
  // A rehearsal goes on, to say all that is not ready at once.
  if (problems.length > 0 && !isDry)
    throw new Error('not released: nothing more was checked, and nothing packed or published');
  const failed = CHECKS.filter((name) => !succeeds('npm', 'run', name));
  if (failed.length > 0) throw new Error(`not released: found failures of npm run ${failed.join(', ')}; expected none`);
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-release-'));
  try {
    const packed = pack(folder);
    const file = join(folder, packed.filename);
    if (!succeeds('.ci/packed', file)) throw new Error('not released: the packed file is not what the pages promise');
    describe(packed);
    if (problems.length > 0) throw new Error(`not ready, for what is named above (${problems.length})`);
    if (isDry) console.log('Nothing was published or tagged.');
    else publish(file, packed.version);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function succeeds(program: string, ...words: string[]): boolean {
  console.log(`== ${[program, ...words].join(' ')}`);
  return spawnSync(program, words, { stdio: 'inherit' }).status === 0;
}

function pack(folder: string): Packed {
  const { status, stdout } = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`not released: npm pack ended with ${status}; expected 0`);
  const [packed] = JSON.parse(stdout) as [Packed];
  return packed;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function describe({ name, version, size, unpackedSize, integrity, files }: Packed): void {
  console.log(`${name} ${version}: ${megabytes(size)} packed, ${megabytes(unpackedSize)} unpacked, ${integrity}`);
  const places = Map.groupBy(files, ({ path }) => path.split('/').slice(0, 2).join('/'));
  for (const [place, those] of places) {
    const bytes = those.reduce((sum, file) => sum + file.size, 0);
    console.log(`  ${place}  ${those.length} ${those.length === 1 ? 'file' : 'files'}, ${megabytes(bytes)}`);
  }
}

/** The tag comes last: what is tagged is published. */
function publish(file: string, version: string): void {
  if (!succeeds('npm', 'publish', file)) throw new Error('not released: npm publish failed; nothing was tagged');
  if (!succeeds('git', 'tag', '--annotate', `v${version}`, '--message', `Version ${version}`)) {
    throw new Error(`published, and not tagged: expected the tag v${version}`);
  }
  console.log(`Published. Now: git push origin v${version}`);
}

try {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
  release(values['dry-run']);
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
