import type { Terminal } from './terminal.ts';

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
