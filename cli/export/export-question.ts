import { FILTERS } from '../../lambda/query/parameters/definitions.ts';
import { attributeOf, optionOf, quoteForShell } from '../../words/command-line.ts';
import type { ApiQuestion } from '../api/question.ts';
import { type Inquiry, readMoment, readWindow } from '../asking/inquiry.ts';
import { type GivenTimes, readFilters, refuseBesideAt } from '../questions/connections.ts';

/** The query options of the command line: an option's text, or texts, by its name. */
export type GivenWords = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Names of all options of the query, including the time zone. */
export const QUESTION_WORDS: readonly string[] = [...FILTERS.map(attributeOf), 'since', 'until', 'at', 'match', 'tz'];

/** The query of the options; reports invalid ones. A moment becomes a window of one second. */
export function readExportQuestion(inquiry: Inquiry, words: GivenWords): ApiQuestion {
  return { ...readFilters(inquiry, words), ...readTimes(inquiry, words) };
}

function readTimes(inquiry: Inquiry, times: GivenTimes): ApiQuestion {
  const { at, match } = times;
  if (at === undefined) return { ...readWindow(inquiry, times), match };
  refuseBesideAt(inquiry, times);
  if (at === 'now') {
    inquiry.complaints.say(
      '--at now was given; expected a moment: who is connected now is in the newest snapshot, and no window that could be asked for again. See: cvpn-audit who --now.',
    );
  }
  const moment = readMoment(inquiry, 'at', at);
  return { since: moment, until: moment };
}

const REST = ['format', 'out', 'api', 'stack', 'profile', 'region'];
const FLAGS = ['bom', 'evidence'];

/** The command that continues an export, or an auditor's pack: the same, without --restart. */
export function goOnCommand(command: string, words: GivenWords): string {
  const given = [...QUESTION_WORDS, ...REST].flatMap((name) =>
    [words[name] ?? []].flat().flatMap((text) => [optionOf(name), text]),
  );
  const flags = FLAGS.filter((name) => words[name] !== undefined).map(optionOf);
  return ['cvpn-audit', command, ...given, ...flags].map(quoteForShell).join(' ');
}
