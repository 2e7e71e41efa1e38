/** The API did not answer the question. The message says what happened and what to do. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
}

/** Ctrl-C ended the question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
