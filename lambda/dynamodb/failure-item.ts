import type { Failure } from '../trail/failure.ts';
import type { FailureNote } from '../trail/ports.ts';

/** The failure of a stored item; its key begins with the time of the attempt. */
export function toFailureNote(item: Record<string, unknown>): FailureNote {
  const { endpointId: _, slot, ...failure } = item;
  return { ...(failure as unknown as Failure), at: String(slot).split('#')[0] ?? '' };
}
