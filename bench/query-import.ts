import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from '../lib/bundling/bundle.ts';

/** Each bundle is imported so often, in a process of its own each time, the bundles in turn; the median counts. */
const TIMES = 41;

const BUNDLES = [
  { label: 'query function', entry: 'lambda/query/handler.ts' },
  { label: 'bare document client', entry: 'bench/query/bare-client.ts' },
  { label: 'bare client, its three commands', entry: 'bench/query/bare-commands.ts' },
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
export async function benchQueryImport(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-bench-'));
  try {
    const made = await Promise.all(BUNDLES.map((one, index) => make(one, join(folder, String(index)))));
    const starts = made.map((): Start[] => []);
    // The first round only warms the disk's cache.
    for (let time = -1; time < TIMES; time++) {
      made.forEach(({ outdir }, index) => {
        const start = startProcess(outdir);
        if (time >= 0) starts[index]?.push(start);
      });
    }
    print(made, starts);
  } finally {
    rmSync(folder, { recursive: true });
  }
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
  const script = fileURLToPath(new URL('query/started.ts', import.meta.url));
  const bundled = pathToFileURL(join(outdir, 'index.mjs')).href;
  const environment = { ...process.env, AWS_REGION: 'eu-central-1', AWS_EC2_METADATA_DISABLED: 'true' };
  return JSON.parse(execFileSync(process.execPath, [script, bundled], { encoding: 'utf8', env: environment })) as Start;
}

type Made = Awaited<ReturnType<typeof make>>;

function print(made: readonly Made[], starts: readonly (readonly Start[])[]): void {
  const medians = starts.map((all) => median(all.map(({ imported }) => imported)));
  console.log(`import of a bundle in a fresh process, median of ${TIMES}, in turn:`);
  console.log(`${''.padEnd(34)}files    KB   import ms   least   beside bare   and first answer ms`);
  made.forEach(({ label, files, bytes }, index) => {
    const all = starts[index] ?? [];
    const answers = all.flatMap(({ imported, answered }) => (answered === undefined ? [] : [imported + answered]));
    const cells = [
      label.padEnd(34) + String(files).padStart(5),
      (bytes / 1000).toFixed(0).padStart(5),
      (medians[index] ?? 0).toFixed(1).padStart(11),
      Math.min(...all.map(({ imported }) => imported))
        .toFixed(1)
        .padStart(7),
      `${((medians[index] ?? 0) / (medians[1] ?? 0)).toFixed(2)}x`.padStart(13),
      answers.length > 0 ? median(answers).toFixed(1).padStart(21) : '',
    ];
    console.log(cells.join(' '));
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
