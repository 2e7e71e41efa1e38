/** The API did not answer the question. The message says what happened and what to do. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
}

/** Ctrl-C cancelled the query. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
