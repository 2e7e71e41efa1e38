import { QueryProblem } from '../problem.ts';

/**
 * The problem of a store that says two things: what is signed, and something else. Nothing is answered then, least of all a
 * proof that does not hold.
 *
 * @param what a sentence without its full stop
 */
export function contradiction(what: string, options?: ErrorOptions): QueryProblem {
  const detail = `${what}: the store contradicts its checkpoint. Run cvpn-audit verify: it names what was changed.`;
  return new QueryProblem('store-contradicts-checkpoint', detail, undefined, options);
}
