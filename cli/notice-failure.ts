import { toError } from '../lambda/trail/to-error.ts';
import type { Terminal } from './terminal.ts';

/** Shows the internal details of a failure at the terminal; the caller gets only a summary. */
export function noticeFailure(error: unknown, terminal: Terminal): void {
  const { message, name, stack } = toError(error);
  terminal.notice(`A question could not be answered: ${message || name}`);
  if (terminal.env.CVPN_AUDIT_DEBUG === '1') terminal.notice(stack ?? '');
}
