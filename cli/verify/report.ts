import type { Assumption } from '../../lambda/trail/assumptions.ts';
import type { CollectedFindings, Fault } from '../../verification/findings.ts';
import type { VerifyCounts, VerifyOutcome } from '../../verification/verify-trail.ts';
import { count } from '../output/amounts.ts';
import { chooseFormat } from '../output/format.ts';
import { printableJson } from '../output/json.ts';
import type { Terminal } from '../terminal.ts';
import { WrongUsage } from '../wrong-usage.ts';

/** How a report is given. */
export type ReportFormat = 'table' | 'json';

/**
 * The format of a report: a table on a terminal, JSON in a pipe, unless one was named.
 *
 * @throws WrongUsage
 */
export function reportFormat(output: string | undefined, terminal: Terminal): ReportFormat {
  if (output === undefined) return chooseFormat(undefined, terminal) === 'table' ? 'table' : 'json';
  if (output === 'table' || output === 'json') return output;
  throw new WrongUsage(`--output was given '${output}'; expected table or json.`);
}

/** What a verification was about, and what it came to. */
interface TrailReport extends VerifyOutcome {
  readonly isPinned: boolean;
  readonly window: { readonly since: string | undefined; readonly until: string | undefined };
  /** Where the evidence is, for people. */
  readonly place: string;
}

/** What is not in the tree, and what no signature proves. */
const NOT_PROVEN = [
  'that the capture was honest before it was signed: whoever deploys the recorder decides what it records;',
  'who asked the trail, what failed, and how AWS describes an endpoint: accesses, failure notes and descriptions are not in the tree.',
];

/** What every signature rests on. */
export const ofProof = (isPinned: boolean): readonly Assumption[] => [
  'signature',
  ...(isPinned ? [] : ['ownKey' as const]),
];

/** Assumptions as lines for people. */
export const givenThat = (assumptions: readonly string[]): string[] =>
  assumptions.map((assumption) => `  given that: ${assumption}`);

const SHOWN_OF_A_KIND = 10;

/** Reports the result of verifying the trail. */
export async function reportTrail(
  report: TrailReport,
  findings: CollectedFindings,
  format: ReportFormat,
  terminal: Terminal,
): Promise<void> {
  const { faults, notes } = findings;
  if (format === 'json') {
    const keys = report.keys.publicKeys.map((key) => Buffer.from(key).toString('base64'));
    const verdict = faults.length === 0 ? 'proven' : 'not-proven';
    const document = {
      verdict,
      faults,
      notes,
      counts: report.counts,
      window: report.window,
      keys,
      keysPinned: report.isPinned,
    };
    await terminal.write(`${printableJson({ ...document, notProven: NOT_PROVEN }, 2)}\n`);
    return;
  }
  for (const line of faultLines(faults)) terminal.line('', line);
  for (const note of notes) terminal.line(`note: ${note}`);
  for (const line of summaryLines(report, faults.length)) terminal.line(line);
}

/** The faults as lines; only the first ones of each kind. */
export function faultLines(faults: readonly Fault[]): string[] {
  const byKind = Map.groupBy(faults, ({ kind, place }) => `${place} ${kind}`);
  return [...byKind].flatMap(([what, all]) => {
    const shown = all.slice(0, SHOWN_OF_A_KIND).map((fault) => faultLine(what, fault));
    const more = all.length - shown.length;
    return more > 0 ? [...shown, `WRONG  ${what}: ${more} more like this; --output json lists all`] : shown;
  });
}

function faultLine(what: string, { endpointId, message }: Fault): string {
  const where = endpointId === undefined || message.includes(endpointId) ? '' : `${endpointId}: `;
  return `WRONG  ${what}: ${where}${message}`;
}

function summaryLines({ counts, keys, isPinned, window, place }: TrailReport, faults: number): string[] {
  const since = window.since === undefined ? [] : [`since ${window.since}`];
  const until = window.until === undefined ? [] : [`until ${window.until}`];
  const bounds = [...since, ...until].join(' ');
  return [
    `Verified ${place}${bounds === '' ? '' : `, chunks and connections ${bounds}`}:`,
    ...countLines(counts),
    ...keyLines(keys.publicKeys, isPinned),
    faults === 0 ? 'PROVEN: this is what was recorded and signed.' : `NOT PROVEN: ${count(faults, 'fault')}.`,
    'Not proven by this:',
    ...NOT_PROVEN.map((line) => `  ${line}`),
  ];
}

function countLines(counts: VerifyCounts): string[] {
  const { endpoints, entries, anchored, gaps, exports, verified, expired, compared, partly } = counts;
  return [
    `  ${count(entries, 'log entry')} of ${count(endpoints, 'endpoint')}, ${anchored} of them under a signed checkpoint; ${count(gaps, 'gap')}`,
    `  ${count(verified, 'chunk')}${expired > 0 ? `; ${expired} have expired under the retention` : ''}`,
    `  ${count(compared, 'connection')} equal to what the log gives${partly > 0 ? `, ${partly} more as far as their rows are there` : ''}`,
    ...(exports > 0 ? [`  ${count(exports, 'daily export')}`] : []),
  ];
}

function keyLines(keys: readonly Uint8Array[], isPinned: boolean): string[] {
  const texts = keys.map((key) => Buffer.from(key).toString('base64')).join(' and ');
  if (isPinned) return [`  signed by the key that was named: ${texts}`];
  return keys.length === 0
    ? []
    : [`  signed by ${texts}`, "  That key is the archive's own word. Keep it elsewhere, and name it with --key."];
}
