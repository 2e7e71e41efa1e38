import { connectionsParameters } from '../../lambda/query/parameters/definitions.ts';
import { type ApiQuestion, optionOf } from '../api/question.ts';
import { check } from '../asking/complaints.ts';
import { quoteForShell } from '../asking/continuing-command.ts';
import { type Inquiry, readMoment, readWindow } from '../asking/inquiry.ts';

/** The query options of the command line: an option's text, or texts, by its name. */
export type GivenWords = Readonly<Record<string, string | readonly string[] | undefined>>;

const TIMES = ['since', 'until', 'at', 'match'] as const;
const {
  limit: _limit,
  cursor: _cursor,
  since: _since,
  until: _until,
  at: _at,
  match: _match,
  ...filters
} = connectionsParameters;

/** Names of all options of the query, including the time zone. */
export const QUESTION_WORDS: readonly string[] = [...Object.keys(filters), ...TIMES, 'tz'];

/** The query of the options; reports invalid ones. A moment becomes a window of one second. */
export function readExportQuestion(inquiry: Inquiry, words: GivenWords): ApiQuestion {
  const { complaints } = inquiry;
  for (const [name, parameter] of Object.entries(filters)) check(optionOf(name), words[name], parameter, complaints);
  const filtered = Object.fromEntries(Object.keys(filters).map((name) => [name, words[name]]));
  return { ...filtered, ...readTimes(inquiry, words) };
}

function readTimes(inquiry: Inquiry, { at, since, until, match }: Partial<Record<(typeof TIMES)[number], string>>) {
  const { complaints } = inquiry;
  if (at === undefined) return { ...readWindow(inquiry, { since, until }), match };
  for (const [name, text] of Object.entries({ since, until, match })) {
    if (text !== undefined) {
      complaints.say(`--${name} ${text} was given beside --at ${at}; expected a moment or a window.`);
    }
  }
  if (at === 'now') {
    complaints.say(
      '--at now was given; expected a moment: who is connected now is in the newest snapshot, and no window that could be asked for again. See: cvpn-audit who --now.',
    );
  }
  const moment = readMoment(inquiry, 'at', at);
  return { since: moment, until: moment };
}

const REST = ['format', 'out', 'api', 'stack', 'profile', 'region'];
const FLAGS = ['bom', 'evidence'];

/** The command that continues an export: the same, without --restart. */
export function goOnCommand(words: GivenWords): string {
  const given = [...QUESTION_WORDS, ...REST].flatMap((name) =>
    [words[name] ?? []].flat().flatMap((text) => [optionOf(name), text]),
  );
  const flags = FLAGS.filter((name) => words[name] !== undefined).map(optionOf);
  return ['cvpn-audit', 'export', ...given, ...flags].map(quoteForShell).join(' ');
}
