import { pathToFileURL } from 'node:url';

// A process of its own, as Lambda runs a function: it imports the bundle's handler and hands it each event that comes, at the event's own time.

interface Invocation {
  readonly event: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly remaining: number;
}

const RealDate = Date;
let now = RealDate.now();
globalThis.Date = class extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [now] : given) as [number]));
  }
  static override now(): number {
    return now;
  }
} as DateConstructor;

/** What the function has written, which Lambda puts into its log. */
let log = '';
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (piece: Uint8Array | string) => {
    log += String(piece);
    return true;
  };
}

const [bundle = '', name = ''] = process.argv.slice(2);
const module = (await import(pathToFileURL(bundle).href)) as Record<string, (...given: unknown[]) => Promise<unknown>>;
const handler = module[name];
if (!handler) throw new Error(`${bundle} has no ${name}`);

process.on('message', ({ event, at, remaining }: Invocation) => {
  [now, log] = [at, ''];
  handler(event, { getRemainingTimeInMillis: () => remaining }).then(
    (answer) => process.send?.({ answer, log }),
    (error: unknown) => process.send?.({ error: String(error), log }),
  );
});
process.send?.('ready');
