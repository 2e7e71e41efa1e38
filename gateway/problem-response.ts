import type { Problem } from '../lambda/query/schemas/trail.ts';

/** A problem document (RFC 9457) as an answer. */
export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...headers, 'Content-Type': 'application/problem+json' },
  });
}
