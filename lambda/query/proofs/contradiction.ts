import { QueryProblem } from '../problem.ts';

/**
 * The problem of a store that contradicts the signed data. Then there is no answer, and no invalid proof.
 *
 * @param what a sentence without a full stop
 */
export function contradiction(what: string, options?: ErrorOptions): QueryProblem {
  const detail = `${what}: the store contradicts its checkpoint. Run cvpn-audit verify: it names what was changed.`;
  return new QueryProblem('store-contradicts-checkpoint', detail, undefined, options);
}
