import { once } from 'node:events';
import { Interrupted } from './api/api-failure.ts';
import type { Terminal } from './terminal.ts';

/** How Ctrl-C cancels a query. */
export interface Interruption {
  /** Aborted by the first Ctrl-C (SIGINT) or SIGTERM. */
  readonly signal: AbortSignal;
  /** From here on they end the process again. */
  readonly release: () => void;
}

/** Turns the first Ctrl-C into an aborted signal, so that paging can say where to continue; a second one ends the process. */
export function interruption(): Interruption {
  const controller = new AbortController();
  const release = () => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  };
  const stop = () => {
    release();
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, release };
}

/**
 * The result of the work, unless the signal is aborted first: a hanging read does not block.
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

/** What a shell reports of a program that SIGINT ended. */
const EXIT_INTERRUPTED = 130;

/**
 * Turns the first Ctrl-C (SIGINT) or SIGTERM into an aborted signal, so that work in progress can be finished. The second
 * one ends the process at once, which the trail survives like any crash.
 */
export function stopSignal(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    terminal.notice('Stopping when the recording in progress is finished; Ctrl-C again to leave at once.');
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return controller.signal;
}
