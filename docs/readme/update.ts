import { readFileSync, writeFileSync } from 'node:fs';
import { accountsOutput, askOutputs } from './ask.ts';
import { configurationTable } from './configuration.ts';
import { costLine, costTable } from './cost.ts';
import { savedAnswerOutput, startOutput } from './outputs.ts';

/**
 * Makes what the pages show: `node docs/readme/update.ts` writes it, `--check` only says what is stale. A part stands
 * between `<!-- made: NAME -->` and `<!-- end -->`.
 */
const PAGES = new URL('../../', import.meta.url);

/** A part's maker, and what two makings of it may differ in. */
interface Part {
  readonly make: () => string | Promise<string>;
  readonly comparable: (text: string) => string;
}

const exactly = (text: string) => text;

/** Times, ports and how many were connected differ from run to run; the words and their order do not. */
const wordsOnly = (text: string) => text.replaceAll(/\d+/g, '0').replaceAll(/ +/g, ' ');

/** What a question finds, and which columns there is room for, depends on the hour; the commands do not. */
const commandsOnly = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^(?:\$|```)/.test(line))
    .map((line) => line.replaceAll(/[\w.:'-]*\d[\w.:'-]*|--user \S+|Values=\S+|s\/\S+\//g, '').replaceAll(/ +/g, ' '))
    .join('\n');

let asking: ReturnType<typeof askOutputs> | undefined;
const asked = () => (asking ??= askOutputs());

const PARTS: Readonly<Record<string, Readonly<Record<string, Part>>>> = {
  'README.md': {
    picture: { make: async () => (await asked()).picture, comparable: commandsOnly },
    'cost-line': { make: costLine, comparable: exactly },
  },
  'docs/tour.md': {
    start: { make: startOutput, comparable: wordsOnly },
    'saved-answer': { make: savedAnswerOutput, comparable: wordsOnly },
    ask: { make: async () => (await asked()).ask, comparable: commandsOnly },
    reports: { make: async () => (await asked()).reports, comparable: commandsOnly },
    accounts: { make: accountsOutput, comparable: commandsOnly },
    'ask-aws': { make: async () => (await asked()).aws, comparable: commandsOnly },
    prove: { make: async () => (await asked()).prove, comparable: commandsOnly },
    doctor: { make: async () => (await asked()).doctor, comparable: commandsOnly },
  },
  'docs/configuration.md': { configuration: { make: configurationTable, comparable: exactly } },
  'docs/deploying.md': { cost: { make: costTable, comparable: exactly } },
};

const isCheck = process.argv.includes('--check');
const stale: string[] = [];

for (const [page, parts] of Object.entries(PARTS)) {
  const file = new URL(page, PAGES);
  let text = readFileSync(file, 'utf8');
  for (const [name, { make, comparable }] of Object.entries(parts)) {
    const [opening, closing] = [`<!-- made: ${name} -->\n`, '<!-- end -->'];
    const start = text.indexOf(opening) + opening.length;
    const end = text.indexOf(closing, start);
    if (start < opening.length || end < 0)
      throw new Error(`${page} has no part between ${opening.trim()} and ${closing}`);
    const made = `${await make()}\n`;
    if (comparable(text.slice(start, end)) !== comparable(made)) stale.push(`${page}: ${name}`);
    text = text.slice(0, start) + made + text.slice(end);
  }
  if (!isCheck) writeFileSync(file, text);
}

if (isCheck && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. "npm run readme" makes it again.`);
  process.exitCode = 1;
} else if (isCheck) {
  console.log('The pages show what the commands print.');
}
