import { untilAborted } from '../lambda/until-aborted.ts';
import { Interrupted } from './api/api-failure.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/**
 * Does work whose signal the first Ctrl-C (SIGINT) or SIGTERM aborts, so that paging can say where to continue; a second one ends
 * the process.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const release = () => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  };
  const stop = () => {
    release();
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    release();
  }
}

/**
 * The result of the work, unless the signal is aborted first: a hanging read does not block.
 *
 * @throws Interrupted
 */
export function untilInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return untilAborted(work, signal, () => new Interrupted(''));
}

/**
 * Turns the first Ctrl-C (SIGINT) or SIGTERM into an aborted signal, so that work in progress can be finished. The second
 * one ends the process at once, which the trail survives like any crash.
 */
export function stopSignal(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    terminal.notice('Stopping when the recording in progress is finished; Ctrl-C again to leave at once.');
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return controller.signal;
}
