import type { Terminal } from './terminal.ts';

/** Tells the person at the terminal what was inside a failure that the one who asked was only told of. */
export function noticeFailure(error: unknown, terminal: Terminal): void {
  const { message, name, stack } = error instanceof Error ? error : new Error(String(error));
  terminal.notice(`A question could not be answered: ${message || name}`);
  if (terminal.env.CVPN_AUDIT_DEBUG === '1') terminal.notice(stack ?? '');
}
