import { parseConfig } from '../../lib/config.ts';
import { SETTINGS } from '../../lib/settings.ts';

/** The table of the configuration's keys. Markdown, no end of line. */
export function configurationTable(): string {
  const defaults: Readonly<Record<string, unknown>> = parseConfig({});
  const rows = [...SETTINGS].map(([key, { meaning, expected, unless }]) => {
    const byDefault = key in defaults ? `\`${JSON.stringify(defaults[key])}\`` : unless;
    return `| \`${key}\` | ${meaning} | ${expected} | ${byDefault} |`;
  });
  return ['| key | meaning | expected | default |', '|---|---|---|---|', ...rows].join('\n');
}
