import type { Parameter } from '../../lambda/query/parameters/parse.ts';
import { printable } from '../output/printable.ts';
import { WrongUsage } from '../wrong-usage.ts';

/** Collects the errors of the options, to report all of them at once. */
export interface Complaints {
  /** @param expected - the end of the sentence "expected …" */
  add(option: string, given: string, expected: string): void;
  say(sentence: string): void;
  /** @throws WrongUsage if there are errors */
  raise(): void;
}

/** Complaints about one command line. */
export function noComplaints(): Complaints {
  const sentences: string[] = [];
  return {
    add: (option, given, expected) => {
      sentences.push(printable(`${option} was given '${given}'; expected ${expected}.`));
    },
    say: (sentence) => {
      sentences.push(printable(sentence));
    },
    raise: () => {
      if (sentences.length > 0) throw new WrongUsage(sentences.join('\n'));
    },
  };
}

export type Allowed = Pick<Parameter<unknown>, 'schema' | 'expected'>;

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
