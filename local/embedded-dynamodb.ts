import { get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { findEngine } from './engine-binary.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';

/** A DynamoDB on this machine. */
export interface EmbeddedDynamoDb {
  /** Its address, `http://127.0.0.1:PORT`; any credentials and Region will do there. */
  readonly endpoint: string;
  /** Settles when the engine has ended, with its last words: by itself, that is a failure. */
  readonly ended: Promise<string>;
  /** Stops the engine; what it acknowledged is on disk. */
  close(): Promise<void>;
}

/** The engine was found and did not start. The message ends with its own words. */
export class EngineFailed extends Error {
  override readonly name = 'EngineFailed';

  constructor(words: string) {
    super(`The embedded DynamoDB engine did not start: ${words || 'it gave no reason'}`);
  }
}

export interface EmbeddedDynamoDbOptions {
  /** The file the data stays in; without one they are in memory. */
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
 * Starts the embedded engine on a free loopback port and resolves when it answers. It ends with this process, however
 * this process ends.
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
    // Another process may take the port between our look and the engine's start.
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

async function becomesReady(engine: EngineProcess, endpoint: string): Promise<boolean> {
  for (let probe = 0; probe < READY_PROBES && !engine.hasEnded(); probe += 1) {
    if (await answers(endpoint)) return !engine.hasEnded();
    await pause(MILLISECONDS_BETWEEN_PROBES);
  }
  return false;
}

/** The engine does not say which port it got when asked for any, so one is looked for here. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('No free port')),
      );
    });
  });
}
