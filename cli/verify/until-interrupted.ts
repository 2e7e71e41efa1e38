import { once } from 'node:events';
import { Interrupted } from '../api/api-failure.ts';

/**
 * What the work comes to, unless the signal is aborted before: a read that hangs keeps nobody waiting.
 *
 * @throws Interrupted
 */
export async function untilInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const listening = new AbortController();
  const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort', { signal: listening.signal });
  // Whichever of the two comes second, nobody waits for any more.
  work.catch(() => undefined);
  const interrupted = aborted.then(() => {
    throw new Interrupted('');
  });
  interrupted.catch(() => undefined);
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    listening.abort();
  }
}
