import type { CollectedFindings, Fault } from '../../verification/findings.ts';
import type { ComparedCheckpoint } from '../../verification/log/kept-checkpoints.ts';
import type { LogEnd } from '../../verification/log/log-end.ts';
import type { VerifyCounts, VerifyOutcome } from '../../verification/verify-trail.ts';
import { count } from '../../words/amounts.ts';
import { printableJson } from '../../words/printable.ts';
import { chooseFormat } from '../output/format.ts';
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
  /** The endpoints that were asked for; absent for all. */
  readonly endpoints: readonly string[] | undefined;
  readonly window: { readonly since: string | undefined; readonly until: string | undefined };
  /** Where the evidence is, for people. */
  readonly place: string;
}

/** What is not in the tree, and what no signature proves. */
const NOT_PROVEN = [
  'that the capture was honest before it was signed: whoever deploys the recorder decides what it records;',
  'who asked the trail, what failed, and how AWS describes an endpoint: accesses, failure notes and descriptions are not in the tree;',
  'that the indexes of the tables, which questions read, have all items: only DynamoDB writes them, and the tables were read here.',
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
  const { counts, window, logs, trails, kept, keyChanges, assumptions, isPinned: keysPinned } = report;
  if (format === 'json') {
    const keys = report.keys.publicKeys.map(base64);
    const verdict = faults.length === 0 ? 'proven' : 'not-proven';
    const document = {
      verdict,
      faults,
      notes,
      counts,
      endpoints: report.endpoints ?? 'all',
      window,
      logs: logs.map((log) => ({ ...log, root: log.root && base64(log.root) })),
      trails: trails.map(({ name, anchored, checkpoint, claims }) => ({
        name,
        signedSize: anchored,
        checkpoint,
        logs: [...claims.states.keys()].map((endpointId) => ({ endpointId, size: namedSize({ claims }, endpointId) })),
      })),
      ...(kept.length > 0 ? { sinceCheckpoints: kept.map(keptDocument) } : {}),
      keys,
      keysPinned,
      keyChanges: keyChanges.map(({ isCountersigned, ...change }) => ({
        ...change,
        from: base64(change.from),
        to: base64(change.to),
        countersigned: isCountersigned,
      })),
      assumptions,
    };
    await terminal.write(`${printableJson({ ...document, notProven: NOT_PROVEN }, 2)}\n`);
    return;
  }
  for (const line of faultLines(faults)) terminal.line('', line);
  for (const note of notes) terminal.line(`note: ${note}`);
  for (const line of summaryLines(report, faults.length)) terminal.line(line);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const keptDocument = ({ source, endpointId, size, root, isContained }: ComparedCheckpoint) => ({
  file: source,
  endpointId,
  size,
  root: base64(root),
  contained: isContained,
});

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

function summaryLines(report: TrailReport, faults: number): string[] {
  const { counts, keys, isPinned, window, place, logs, trails, kept, assumptions } = report;
  const since = window.since === undefined ? [] : [`since ${window.since}`];
  const until = window.until === undefined ? [] : [`until ${window.until}`];
  const bounds = [...since, ...until].join(' ');
  const only = report.endpoints ? `, only ${report.endpoints.join(' and ')}` : '';
  return [
    `Verified ${place}${only}${bounds === '' ? '' : `, chunks and connections ${bounds}`}:`,
    ...countLines(counts),
    ...logs.map(endLine),
    ...trails.map((trail) => trailLine(trail, logs)),
    ...kept.filter(({ isContained }) => isContained).map(keptLine),
    ...keyLines(keys.publicKeys, isPinned),
    ...givenThat(assumptions),
    faults === 0 ? 'PROVEN: this is what was recorded and signed.' : `NOT PROVEN: ${count(faults, 'fault')}.`,
    'Not proven by this:',
    ...NOT_PROVEN.map((line) => `  ${line}`),
  ];
}

type Trail = VerifyOutcome['trails'][number];

/** Entries of a log that the newest checkpoint of the trail names. */
const namedSize = ({ claims }: Pick<Trail, 'claims'>, endpointId: string): number =>
  claims.states.get(endpointId)?.at(-1)?.size ?? 0;

/** What the checkpoint over all logs covers. */
function trailLine(trail: Trail, logs: readonly LogEnd[]): string {
  const { name, anchored } = trail;
  const beyond = logs.flatMap(({ endpointId, size }) => {
    const more = size - namedSize(trail, endpointId);
    return more > 0 ? [`the newest ${more.toLocaleString('en')} of ${endpointId}`] : [];
  });
  const what = beyond.length === 0 ? 'all of them' : `all but ${beyond.join(', ')}`;
  return `  ${what} under the checkpoint of ${count(anchored, 'entry')} of ${name}: kept elsewhere, it tells what is gone (--since-checkpoint)`;
}

/** Until when a log goes. */
function endLine({ endpointId, size, slot, root, signedSize }: LogEnd): string {
  const signed = signedSize === size ? '' : `, ${signedSize.toLocaleString('en')} of them signed`;
  return `  ${endpointId} until ${slot ?? 'nothing'}: ${count(size, 'entry')}${signed}, root ${root ? base64(root) : 'unknown'}`;
}

function keptLine({ endpointId, size, source }: ComparedCheckpoint): string {
  return `  ${endpointId} goes on from the checkpoint of ${count(size, 'entry')} that was kept (${source})`;
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
