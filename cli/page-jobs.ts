import { spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FileJob, Job, JobState } from '../console/ports.ts';
import { toInstant } from '../lambda/trail/time.ts';
import { EXIT } from './exit-codes.ts';
import { PROGRAM } from './places.ts';
import { tarBytes, tarOf } from './tar.ts';

/** More of what a command says is not kept: a page would not be read to its end. */
const MOST_CHARACTERS = 200_000;

/** What the jobs of pages work with. */
interface JobPorts {
  /** As it is when a job is started: an address may be known only then. */
  readonly env: () => NodeJS.ProcessEnv;
  /** Aborted to stop: a job under way is ended. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** A job that runs a command with these words and those that it is started with. A process of its own: whatever it needs, recording goes on (ADR 43). */
export function commandJob(words: readonly string[], { env, signal, now }: JobPorts): Job {
  let state: JobState | undefined;
  return {
    state: () => state,
    start: (more) => {
      if (state && !state.ended) return false;
      const started = { startedAt: toInstant(now()), progress: '' };
      state = started;
      const child = spawn(process.execPath, [PROGRAM, ...words, ...more], {
        env: { ...env(), NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      });
      let [out, said] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out = `${out}${text}`.slice(0, MOST_CHARACTERS);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = `${said}${text}`.slice(-MOST_CHARACTERS);
        state = { ...started, progress: said.trimEnd().split('\n').at(-1) ?? '' };
      });
      child.on('error', (error) => {
        said = `${said}${error.message}\n`;
      });
      child.on('close', (code) => {
        state = { ...started, progress: '', ended: { at: toInstant(now()), code: code ?? undefined, out, said } };
      });
      return true;
    },
  };
}

/** What the folder of an export's evidence is downloaded as. */
const TAR = '.tar';

/** The same for exports, whose files are kept in a folder of their own until the next one, or until this process ends. */
export function exportJob(ports: JobPorts): FileJob {
  const job = commandJob(['export'], ports);
  let folder: string | undefined;
  const remove = () => folder && rmSync(folder, { recursive: true, force: true });
  const isMade = () => [EXIT.done, EXIT.notComplete].some((code) => code === job.state()?.ended?.code);
  const files = () => {
    const place = folder;
    if (place === undefined || !isMade()) return [];
    return readdirSync(place, { withFileTypes: true }).map((entry) => {
      const path = join(place, entry.name);
      // A browser takes no folder.
      return entry.isDirectory()
        ? { name: `${entry.name}${TAR}`, bytes: tarBytes(path) }
        : { name: entry.name, bytes: statSync(path).size };
    });
  };
  return {
    state: job.state,
    files,
    start: (words, name) => {
      const last = job.state();
      if (last && !last.ended) return false;
      // At the end of this process the job itself has been ended.
      if (folder === undefined) process.once('exit', remove);
      remove();
      folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-export-'));
      return job.start([...words, `--out=${join(folder, name)}`]);
    },
    open: (name) => {
      if (folder === undefined || !files().some((file) => file.name === name)) return undefined;
      const path = join(folder, name);
      const content = existsSync(path) ? createReadStream(path) : Readable.from(tarOf(path.slice(0, -TAR.length)));
      return Readable.toWeb(content) as ReadableStream<Uint8Array>;
    },
  };
}
