import { once } from 'node:events';

/**
 * The result of the work, unless the signal is aborted first: what hangs does not block. The work itself goes on, and nobody waits for it any more.
 *
 * @param why what it rejects with then
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal, why: () => unknown): Promise<T> {
  const listening = new AbortController();
  const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort', { signal: listening.signal });
  const late = aborted.then(() => {
    throw why();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    listening.abort();
  }
}
