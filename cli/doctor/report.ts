import manifest from '../../package.json' with { type: 'json' };
import { count } from '../../words/amounts.ts';
import { printableJson } from '../../words/printable.ts';
import type { Terminal } from '../terminal.ts';
import type { ReportFormat } from '../verify/report.ts';
import type { Examination, Finding, NotChecked } from './finding.ts';

/** What an examination was of, and when. */
export interface Examined extends Examination {
  /** For people: the stack and its Region, or the data folder. */
  readonly place: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Writes what was found: for people, or as JSON, whose members stay (`docs/operating.md` describes them). */
export async function reportExamination(examined: Examined, format: ReportFormat, terminal: Terminal): Promise<void> {
  const { place, at, findings, notChecked, fine } = examined;
  if (format === 'json') {
    const verdict = findings.length > 0 ? 'findings' : notChecked.length > 0 ? 'nothing-found' : 'healthy';
    const document = { verdict, place, at, version: manifest.version, findings, notChecked, fine };
    await terminal.write(`${printableJson(document, 2)}\n`);
    return;
  }
  const urgentFirst = [...findings].sort((one, other) => rank(one) - rank(other));
  for (const [index, finding] of urgentFirst.entries()) writeFinding(finding, urgentFirst[index + 1], terminal);
  for (const line of notCheckedLines(notChecked)) terminal.line(line);
  if (fine.length > 0) terminal.line(`fine: ${fine.join(', ')}`);
  terminal.line(summaryLine(examined, place));
}

const rank = ({ severity }: Finding): number => (severity === 'urgent' ? 0 : 1);

/** What is true of several of a check is said once, after the last of them. */
function writeFinding(finding: Finding, next: Finding | undefined, { line }: Terminal): void {
  const { check, severity, subject, what, means, todo } = finding;
  const title = `${severity === 'urgent' ? 'URGENT' : 'advice'}  ${check}: ${subject}: ${what}`;
  if (severity === 'urgent') line('', title);
  else line(title);
  const [isSaid, isToDo] = [next?.means === means, next?.todo === todo];
  if (!isSaid) line(`        means: ${means}`);
  if (!isToDo || !isSaid) line(`        to do: ${todo}`);
}

/** Checks that are not made for the same reason are in one line. */
function notCheckedLines(notChecked: readonly NotChecked[]): string[] {
  const byReason = Map.groupBy(notChecked, ({ why }) => why);
  return [...byReason].map(([why, all]) => {
    const what = all.map(({ check, subject }) => (subject === undefined ? check : `${check} (${subject})`));
    return `not checked: ${what.join(', ')}: ${why}`;
  });
}

function summaryLine({ findings, notChecked }: Examination, place: string): string {
  const found = findings.length === 0 ? 'nothing found' : count(findings.length, 'finding');
  const rest = notChecked.length === 0 ? 'everything was checked' : `${notChecked.length} not checked`;
  return `Examined ${place}: ${found}; ${rest}.`;
}
