import { optionOf, optionsOf, quoteForShell } from '../../words/command-line.ts';
import { type ApiQuestion, pairsOf } from '../api/question.ts';
import type { QuestionOptions } from './question-options.ts';

const HOW_TO_ASK = ['output', 'tz', 'api', 'stack', 'profile', 'region'] as const;

/**
 * The command that continues where an answer ended. A cursor belongs to its query, so times are absolute, not like
 * `2h`.
 */
export function continuingCommand(
  command: string,
  question: ApiQuestion,
  options: QuestionOptions,
  cursor: string,
): string {
  const given = [
    ...pairsOf(optionsOf(question)).map(([name, value]) => [optionOf(name), value]),
    ...HOW_TO_ASK.flatMap((name) => (options[name] === undefined ? [] : [[`--${name}`, options[name]]])),
    ['--cursor', cursor],
  ];
  return ['cvpn-audit', command, ...given.flat().map(quoteForShell)].join(' ');
}
