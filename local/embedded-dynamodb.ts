import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { findEngine } from './engine-binary.ts';

/** A DynamoDB on this machine. */
export interface EmbeddedDynamoDb {
  /** Its address, `http://127.0.0.1:PORT`; it accepts any credentials and Region. */
  readonly endpoint: string;
  /** Settles when the engine has ended, with its last output. If nobody stopped it, that is a failure. */
  readonly ended: Promise<string>;
  /** Stops the engine; acknowledged writes are on disk. */
  close(): Promise<void>;
}

/** The engine was found and did not start. The message ends with its output. */
class EngineFailed extends Error {
  override readonly name = 'EngineFailed';

  constructor(words: string) {
    super(`The embedded DynamoDB engine did not start: ${words || 'it gave no reason'}`);
  }
}

interface EmbeddedDynamoDbOptions {
  /** The file for the data; without one they are in memory. */
  readonly file?: string;
  /**
   * The engine's program.
   * @default - what {@link findEngine} finds
   */
  readonly program?: string;
}

const PORT_ATTEMPTS = 5;
const READY_PROBES = 1000;
const MILLISECONDS_BETWEEN_PROBES = 10;

/**
 * Starts the embedded engine on a free loopback port and resolves when it answers. It ends with this process, even after
 * a crash.
 *
 * @throws EngineMissing, EngineFailed
 */
export async function startEmbeddedDynamoDb(options: EmbeddedDynamoDbOptions): Promise<EmbeddedDynamoDb> {
  const program = options.program ?? findEngine();
  const place = options.file === undefined ? [] : ['--db-path', options.file];
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const engine = startEngineProcess(program, ['--port', String(port), ...place]);
    const endpoint = `http://127.0.0.1:${port}`;
    if (await becomesReady(engine, endpoint)) return { endpoint, ended: engine.ended, close: () => engine.end() };
    await engine.end();
    const words = await engine.ended;
    // Another process may take the port between our check and the engine's start.
    if (attempt === PORT_ATTEMPTS || !words.includes('already in use')) throw new EngineFailed(words);
  }
}

/** Whether an engine answers there. */
export function answers(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(endpoint, { timeout: 1000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

async function becomesReady(engine: ReturnType<typeof startEngineProcess>, endpoint: string): Promise<boolean> {
  for (let probe = 0; probe < READY_PROBES && !engine.hasEnded(); probe += 1) {
    if (await answers(endpoint)) return !engine.hasEnded();
    await pause(MILLISECONDS_BETWEEN_PROBES);
  }
  return false;
}

/** The engine does not report the port that it got, so a free one is found here. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await server[Symbol.asyncDispose]();
  return port;
}

/**
 * Runs the engine and ends it when standard input closes. The kernel closes it when the parent dies, even by kill -9;
 * Node cannot request a signal for that. The engine itself does not get that pipe.
 */
const GUARDIAN = `
exec 3<&0
"$@" 3<&- </dev/null &
engine=$!
{ read -r _ <&3; kill -TERM $engine; } 2>/dev/null &
watcher=$!
wait $engine
status=$?
kill $watcher 2>/dev/null
exit $status
`;

/** Starts `program`; it ends when this process does. */
function startEngineProcess(program: string, args: readonly string[]) {
  // Its own session, so that Ctrl-C does not reach it: the engine must outlive the recording in progress.
  const child = spawn('sh', ['-c', GUARDIAN, 'sh', program, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = waitForEnd(child);
  return {
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    end: async () => {
      child.stdin?.destroy();
      await ended;
    },
  };
}

function waitForEnd(child: ChildProcess): Promise<string> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4000);
  });
  child.stdin?.on('error', () => {});
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(words.trim()));
  });
}
