import type { Instant } from '../../trail/time.ts';
import type { ParameterError } from '../problem.ts';
import { wrongParameters } from './parse.ts';

/** The error of a window that ends before it begins; otherwise nothing. */
export function windowErrors(since: Instant | undefined, until: Instant | undefined): ParameterError[] {
  if (since === undefined || until === undefined || until >= since) return [];
  return [{ parameter: 'until', given: until, expected: `an instant not before since (${since})` }];
}

/** @throws QueryProblem if the window ends before it begins */
export function checkWindow(since: Instant | undefined, until: Instant | undefined): void {
  const errors = windowErrors(since, until);
  if (errors.length > 0) throw wrongParameters(errors);
}
