/** What Ctrl-C does to a question. */
export interface Interruption {
  /** Aborted by the first Ctrl-C (SIGINT) or SIGTERM. */
  readonly signal: AbortSignal;
  /** From here on they end the process again. */
  readonly release: () => void;
}

/** Turns the first Ctrl-C into an aborted signal, so that a walk can say where to go on; a second one ends the process. */
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
