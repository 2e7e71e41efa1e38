import type { Parameter } from '../../lambda/query/parameters/parse.ts';
import { printable } from '../../words/printable.ts';
import { WrongUsage } from '../wrong-usage.ts';

/** The errors of one command line, collected so that all of them are reported at once. */
export function noComplaints() {
  const sentences: string[] = [];
  return {
    /** @param expected - the end of the sentence "expected …" */
    add: (option: string, given: string, expected: string) => {
      sentences.push(printable(`${option} was given '${given}'; expected ${expected}.`));
    },
    say: (sentence: string) => {
      sentences.push(printable(sentence));
    },
    /** @throws WrongUsage if there are errors */
    raise: () => {
      if (sentences.length > 0) throw new WrongUsage(sentences.join('\n'));
    },
  };
}

type Allowed = Pick<Parameter<unknown>, 'schema' | 'expected'>;

/** Collects the errors of the options, to report all of them at once. */
export type Complaints = ReturnType<typeof noComplaints>;

/** Reports texts that the API would reject. */
export function check(
  option: string,
  given: string | readonly string[] | undefined,
  { schema, expected }: Allowed,
  complaints: Complaints,
): void {
  for (const text of given === undefined ? [] : [given].flat()) {
    if (!schema.safeParse(text).success) complaints.add(option, text, expected);
  }
}
