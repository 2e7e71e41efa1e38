import type { Problem as ProblemDocument } from './schemas/trail.ts';

/** One wrong parameter: its name, its value, and what is allowed. */
export interface ParameterError {
  readonly parameter: string;
  readonly given?: string;
  readonly expected: string;
}

/** The kinds of problems; the last part of a problem document's `type`. */
export const PROBLEMS = {
  'parameters-invalid': { status: 400, title: 'Parameters are wrong' },
  'answer-too-large': { status: 400, title: 'The answer is too large' },
  'cursor-invalid': { status: 400, title: 'The cursor is not one of this question' },
  'connection-not-found': { status: 404, title: 'No such connection is recorded' },
  'endpoint-not-recorded': { status: 404, title: 'No such endpoint is recorded' },
  'snapshot-not-found': { status: 404, title: 'No such snapshot is recorded' },
  'not-signed-yet': { status: 404, title: 'No signed checkpoint covers this yet' },
  'no-such-route': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'This address does not answer this method' },
  'access-not-noted': { status: 503, title: 'The access could not be noted, so nothing is answered' },
  'trail-unavailable': { status: 503, title: 'The trail cannot be read at the moment' },
  'connections-outdated': { status: 503, title: 'The connections must be made again before they can be searched' },
  'store-contradicts-checkpoint': { status: 500, title: 'The store contradicts its checkpoint' },
  'item-unreadable': { status: 500, title: 'Something in the store is not as it was recorded' },
  'internal-error': { status: 500, title: 'The question could not be answered' },
} as const;

type ProblemKind = keyof typeof PROBLEMS;

/** A query that is rejected or cannot be answered; becomes a problem document (RFC 9457). */
export class QueryProblem extends Error {
  override readonly name = 'QueryProblem';
  readonly kind: ProblemKind;
  readonly errors: readonly ParameterError[] | undefined;

  /** @param detail a sentence for the caller, without internal details */
  constructor(kind: ProblemKind, detail: string, errors?: readonly ParameterError[], options?: ErrorOptions) {
    super(detail, options);
    this.kind = kind;
    this.errors = errors;
  }

  toDocument(requestId: string): ProblemDocument {
    const { status, title } = PROBLEMS[this.kind];
    return {
      type: `/problems/${this.kind}`,
      title,
      status,
      detail: this.message,
      requestId,
      ...(this.errors ? { errors: [...this.errors] } : {}),
    };
  }
}
