import type { ClientPorts } from './api/client.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What the commands that ask the API reach the world through. */
export interface Surroundings extends Pick<ClientPorts, 'now' | 'pause' | 'timeout'> {
  readonly terminal: Terminal;
  /** Sets what the command's end tells, where it is not simply done. */
  readonly exit: (code: ExitCode) => void;
}
