import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../../lib/bundling/bundle.ts';
import { type Extent, figure, printRow, sizesOf } from '../measuring.ts';
import { inFolder } from '../processes.ts';

/** Each bundle is imported so often, in a process of its own each time, the bundles in turn; the median counts. */
const SIZES = { small: 3, usual: 41 };

const BUNDLES = [
  { label: 'query function', entry: 'lambda/query/handler.ts' },
  { label: 'bare document client', entry: 'bench/query-import/bare-client.ts' },
  { label: 'bare client, its three commands', entry: 'bench/query-import/bare-commands.ts' },
] as const;

/** What one process says of one import: milliseconds, of the import and of the first answer after it. */
interface Start {
  readonly imported: number;
  readonly answered?: number;
}

/**
 * The query function's import beside that of a bare DynamoDB document client, bundled by the same bundler. A question that
 * is refused for its parameters shows what the function makes only when it is first asked.
 */
export async function bench(extent: Extent): Promise<void> {
  for (const [, usual] of sizesOf(SIZES, extent)) await inFolder((folder) => benchTimes(extent.times ?? usual, folder));
}

async function benchTimes(times: number, folder: string): Promise<void> {
  const made = await Promise.all(BUNDLES.map((one, index) => make(one, join(folder, String(index)))));
  const starts = made.map((): Start[] => []);
  // The first round only warms the disk's cache.
  for (let time = -1; time < times; time++) {
    made.forEach(({ outdir }, index) => {
      const start = startProcess(outdir);
      if (time >= 0) starts[index]?.push(start);
    });
  }
  console.log(`import of a bundle in a fresh process, median of ${times}, in turn:`);
  print(made, starts);
}

async function make({ label, entry }: (typeof BUNDLES)[number], outdir: string) {
  await bundle(entry, outdir);
  const read = readAtStart(outdir, 'index.mjs');
  return { label, outdir, files: read.size, bytes: [...read.values()].reduce((sum, text) => sum + text.length, 0) };
}

/** The files that an import of `name` reads, with their bytes: itself, what it imports statically, and so on. */
function readAtStart(outdir: string, name: string, read = new Map<string, Buffer>()): Map<string, Buffer> {
  const bytes = readFileSync(join(outdir, name));
  read.set(name, bytes);
  for (const [, imported = ''] of bytes.toString().matchAll(/(?:from|import)\s?"\.\/([^"]+)"/g)) {
    if (!read.has(imported) && readdirSync(outdir).includes(imported)) readAtStart(outdir, imported, read);
  }
  return read;
}

function startProcess(outdir: string): Start {
  const script = join(import.meta.dirname, 'started.ts');
  const bundled = pathToFileURL(join(outdir, 'index.mjs')).href;
  const environment = { ...process.env, AWS_REGION: 'eu-central-1', AWS_EC2_METADATA_DISABLED: 'true' };
  return JSON.parse(execFileSync(process.execPath, [script, bundled], { encoding: 'utf8', env: environment })) as Start;
}

type Made = Awaited<ReturnType<typeof make>>;

function print(made: readonly Made[], starts: readonly (readonly Start[])[]): void {
  const medians = starts.map((all) => median(all.map(({ imported }) => imported)));
  printRow('', ['files', 'KB', 'import ms', 'least', 'beside bare', '+ first answer']);
  made.forEach(({ label, files, bytes }, index) => {
    const all = starts[index] ?? [];
    const answers = all.flatMap(({ imported, answered }) => (answered === undefined ? [] : [imported + answered]));
    const [middle = Number.NaN, bare = Number.NaN] = [medians[index], medians[1]];
    printRow(label, [
      figure(files),
      figure(bytes / 1000),
      figure(middle, 1),
      figure(Math.min(...all.map(({ imported }) => imported)), 1),
      `${figure(middle / bare, 2)}x`,
      answers.length > 0 ? figure(median(answers), 1) : '',
    ]);
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
