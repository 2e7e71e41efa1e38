import * as z from 'zod';
import { fromJson } from '../json.ts';
import { problem } from './trail.ts';

/** A GET on the trail's HTTP API: path and parameters in, like `/connections?endpoint=…`, its answer out. */
export type Ask = (path: string) => Promise<Response>;

const someProblem = problem.partial();
type SomeProblem = z.output<typeof someProblem>;

/** The trail's HTTP API refused a question, or could not answer it. */
export class TrailRefusal extends Error {
  override readonly name = 'TrailRefusal';
  /** HTTP status. */
  readonly status: number;
  /** Why, as far as the API said so. */
  readonly problem: SomeProblem;

  constructor(status: number, given: SomeProblem) {
    super(`the trail's API answered ${status}: ${given.detail ?? given.title ?? 'without a reason'}`);
    this.status = status;
    this.problem = given;
  }

  /** Whether it is the problem whose `type` ends so. */
  is(kind: string): boolean {
    return this.problem.type?.endsWith(`/${kind}`) ?? false;
  }
}

/**
 * Asks the trail's API.
 * @throws TrailRefusal for an answer that is none; Error for one that is not of the schema.
 */
export async function askTrail<T>(ask: Ask, path: string, schema: z.ZodType<T>): Promise<T> {
  const response = await ask(path);
  const text = await response.text();
  if (!response.ok) throw new TrailRefusal(response.status, readProblem(text));
  const { data, error } = schema.safeParse(fromJson(text));
  if (error) throw new Error(`The trail's API answered ${path} with something else:\n${z.prettifyError(error)}`);
  return data;
}

/** A gateway before the API answers no problem document. */
function readProblem(text: string): SomeProblem {
  try {
    return someProblem.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
