import { runCommand } from '../../test/support/command/cvpn-audit.ts';

/** Rows that are shown of a table. */
const SHOWN_LINES = 12;
/** Of its progress a terminal shows one line, which is written over. */
const PROGRESS = /entries verified|ed with the log|reading the log$| …$/;

/** A recorded trail that is shown: its data folder, and the address of its API. */
export interface ShownTrail {
  readonly data: string;
  readonly api: string;
}

/**
 * A command, what it printed, and its exit code where that is not 0.
 *
 * @param hidden options that a reader's terminal makes needless
 * @param cwd by default the project
 * @throws Error where it failed
 */
export async function showCommand(
  { data, api }: ShownTrail,
  words: readonly string[],
  hidden: readonly string[] = [],
  cwd?: string,
): Promise<string> {
  const { code, out, err } = await runCommand([...words, ...hidden], { CVPN_AUDIT_API: api }, cwd);
  // 3 and 4 are answers too.
  if (code === null || code === 1 || code === 2) throw new Error(`${words.join(' ')} failed:\n${err}`);
  const lines = [...withoutMiddle(out.trimEnd().split('\n')), ...err.split('\n')]
    .filter((line) => line !== '' && !PROGRESS.test(line))
    .map((line) => line.replaceAll(data, './cvpn-audit-data'));
  return [`$ npx cvpn-audit ${words.join(' ')}`, ...lines, ...(code === 0 ? [] : [`(exit code ${code})`])].join('\n');
}

/** A verdict stays, wherever it stands. */
function withoutMiddle(lines: readonly string[]): readonly string[] {
  if (lines.length <= SHOWN_LINES * 2) return lines;
  const verdict = lines.slice(SHOWN_LINES, -2).filter((line) => line.startsWith('PROVEN'));
  return [...lines.slice(0, SHOWN_LINES), '…', ...verdict, ...lines.slice(-2)];
}

/** Lines as the pages have them. */
export function fenced(...lines: readonly string[]): string {
  return ['```console', ...lines, '```'].join('\n');
}
