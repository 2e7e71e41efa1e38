import { readFileSync } from 'node:fs';

const PAGE = new URL('../deploying.md', import.meta.url);

/** The table of the configuration's keys, from the page about deploying, which a test holds to the schema. */
export function configurationTable(): string {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split('## Configuration\n');
  const lines = section.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start, end).join('\n');
}
