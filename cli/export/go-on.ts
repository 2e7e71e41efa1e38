import { optionOf, quoteForShell } from '../asking/continuing-command.ts';
import { type GivenWords, QUESTION_WORDS } from './export-question.ts';

const REST = ['format', 'out', 'api', 'stack', 'profile', 'region'];

/** The command that goes on with an export: the same one, but for --restart. */
export function goOnCommand(words: GivenWords, hasEvidence: boolean): string {
  const given = [...QUESTION_WORDS, ...REST].flatMap((name) =>
    [words[name] ?? []].flat().flatMap((text) => [optionOf(name), text]),
  );
  return ['cvpn-audit', 'export', ...given, ...(hasEvidence ? ['--evidence'] : [])].map(quoteForShell).join(' ');
}
