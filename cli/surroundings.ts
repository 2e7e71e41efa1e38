import type { ClientPorts } from './api/client.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** The ports of the commands that query the API. */
export interface Surroundings extends Pick<ClientPorts, 'now' | 'pause' | 'timeout'> {
  readonly terminal: Terminal;
  /** Sets the exit code, if it is not 0. */
  readonly exit: (code: ExitCode) => void;
}
