import { readFileSync, writeFileSync } from 'node:fs';
import { askOutputs } from './ask.ts';
import { costTable } from './cost.ts';
import { configurationTable } from './deploying-page.ts';
import { savedAnswerOutput, startOutput } from './outputs.ts';

/**
 * Makes what the README shows: `node docs/readme/update.ts` writes it, `--check` only says what is stale. A part stands
 * between `<!-- made: NAME -->` and `<!-- end -->`.
 */
const README = new URL('../../README.md', import.meta.url);

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

const PARTS: Readonly<Record<string, Part>> = {
  start: { make: startOutput, comparable: wordsOnly },
  'saved-answer': { make: savedAnswerOutput, comparable: wordsOnly },
  ask: { make: async () => (await asked()).ask, comparable: commandsOnly },
  'ask-aws': { make: async () => (await asked()).aws, comparable: commandsOnly },
  prove: { make: async () => (await asked()).prove, comparable: commandsOnly },
  configuration: { make: configurationTable, comparable: exactly },
  cost: { make: costTable, comparable: exactly },
};

const isCheck = process.argv.includes('--check');
let text = readFileSync(README, 'utf8');
const stale: string[] = [];

for (const [name, { make, comparable }] of Object.entries(PARTS)) {
  const [opening, closing] = [`<!-- made: ${name} -->\n`, '\n<!-- end -->'];
  const start = text.indexOf(opening) + opening.length;
  const end = text.indexOf(closing, start);
  if (start < opening.length || end < 0)
    throw new Error(`README.md has no part between ${opening.trim()} and ${closing.trim()}`);
  const made = await make();
  if (comparable(text.slice(start, end)) !== comparable(made)) stale.push(name);
  text = text.slice(0, start) + made + text.slice(end);
}

if (!isCheck) {
  writeFileSync(README, text);
} else if (stale.length > 0) {
  console.error(`README.md is stale in: ${stale.join(', ')}. "npm run readme" makes it again.`);
  process.exitCode = 1;
} else {
  console.log('README.md shows what the commands print.');
}
