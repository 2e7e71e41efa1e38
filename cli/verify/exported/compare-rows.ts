import type { ExportFormat } from '../../../lambda/export/formats/format.ts';
import type { ExportRecord, ReadRecord } from '../../../lambda/export/formats/record.ts';
import { memberOf, toRecords } from '../../../lambda/export/formats/records.ts';
import type { ConnectionAnswer } from '../../../lambda/query/schemas/connection.ts';
import { fieldText, isSameValue } from '../compare-values.ts';
import type { Findings } from '../fault.ts';
import type { ExpectedRows } from './expected-rows.ts';

/** What only the time before the evidence tells of a connection that was there already. */
const OF_BEFORE: ReadonlySet<string> = new Set<keyof ConnectionAnswer>([
  'firstSeenAt',
  'firstSlot',
  'establishedAtIsFirstSight',
  'contradictions',
]);
/** An end that follows from later snapshots not listing the connection, which did not come along. */
const OF_INFERRED_END: ReadonlySet<string> = new Set<keyof ConnectionAnswer>([
  'end',
  'unlistedSince',
  'durationSeconds',
  'status',
  'lastSeenAt',
  'lastSlot',
  'ingressBytes',
  'egressBytes',
  'ingressPackets',
  'egressPackets',
  'timestamp',
  'authorizationPolicyLastEvaluatedAt',
  'other',
]);
/** It depends on when the question was asked, not on the connection. */
const OF_THE_QUESTION: ReadonlySet<string> = new Set<keyof ConnectionAnswer>(['possible']);

/** How many rows were compared, and how far. */
export interface RowCounts {
  recomputed: number;
  /** Their end was inferred from snapshots that did not come along. */
  beyond: number;
}

/** A field that is not as the evidence gives it. */
interface Difference {
  readonly field: string;
  readonly member: string | undefined;
  readonly found: unknown;
  readonly expected: unknown;
}

/** Compares the records of one connection in an export with what the evidence gives. */
export function compareConnection(
  format: ExportFormat,
  id: string,
  records: readonly ReadRecord[],
  expected: ExpectedRows,
  findings: Findings,
  counts: RowCounts,
): void {
  const answers = expected.answersOf(id);
  const where = { place: 'export' as const, connectionId: id };
  const at = records.map((record) => record.where).join(' and ');
  if (answers.length === 0) {
    findings.fault({
      kind: 'row-added',
      ...where,
      message: `Connection ${id} (${at}): no snapshot that came along lists it.`,
    });
    return;
  }
  const isWhole = expected.isWhole(id);
  const tried = answers.map((answer) =>
    differences(format, records, toRecords(format, answer), unknownOf(answer, isWhole)),
  );
  const best = tried.reduce((least, one) => (one.length <= least.length ? one : least));
  counts.recomputed += 1;
  if (best.length === 0) return;
  const isBeyond =
    best.every(({ member }) => member !== undefined && OF_INFERRED_END.has(member)) && isInferred(records, format);
  if (!isWhole && isBeyond) {
    counts.beyond += 1;
    return;
  }
  for (const { field, found, expected: wanted } of best) {
    const message = `Connection ${id} (${at}): ${field} is ${fieldText(found)}; the log gives ${fieldText(wanted)}.`;
    findings.fault({ kind: 'row-changed', ...where, field, message });
  }
}

/**
 * What cannot be told of a connection that was there before the evidence begins: an earlier row, which did not come along, may
 * have said what the later ones leave out.
 */
function unknownOf(answer: ConnectionAnswer, isWhole: boolean): ReadonlySet<string> {
  if (isWhole) return OF_THE_QUESTION;
  const names = answer.username === undefined || answer.commonName === undefined ? ['identity'] : [];
  const times = answer.establishedAtIsFirstSight ? ['establishedAt', 'durationSeconds'] : [];
  const left = NAMED_MEMBERS.filter((member) => answer[member] === undefined);
  return new Set([...OF_THE_QUESTION, ...OF_BEFORE, ...names, ...times, ...left]);
}

/** What stays as an earlier row said it where a later one leaves it out. */
const NAMED_MEMBERS = [
  'username',
  'commonName',
  'clientIp',
  'clientIpv6',
  'postureComplianceStatuses',
  'status',
  'statusMessage',
] as const;

function isInferred(records: readonly ExportRecord[], format: ExportFormat): boolean {
  return records.some(({ fields, activity }) =>
    Object.entries(fields).some(
      ([field, value]) => memberOf(format, field, activity) === 'end' && JSON.stringify(value)?.includes('inferred'),
    ),
  );
}

function differences(
  format: ExportFormat,
  found: readonly ExportRecord[],
  expected: readonly ExportRecord[],
  unknown: ReadonlySet<string>,
): Difference[] {
  const activities = new Set([...found, ...expected].map(({ activity }) => activity));
  return [...activities].flatMap((activity) => {
    const [one, other] = [found, expected].map((all) => all.filter((record) => record.activity === activity));
    if (one?.length !== 1 || other?.length !== 1) {
      const count = (all: readonly ExportRecord[] | undefined) => `${all?.length ?? 0} rows`;
      return [{ field: activity ?? 'rows', member: undefined, found: count(one), expected: count(other) }];
    }
    return differingFields(
      (field) => memberOf(format, field, activity),
      one[0]?.fields ?? {},
      other[0]?.fields ?? {},
      unknown,
    );
  });
}

function differingFields(
  memberOfField: (field: string) => string | undefined,
  found: ExportRecord['fields'],
  expected: ExportRecord['fields'],
  unknown: ReadonlySet<string>,
): Difference[] {
  return [...new Set([...Object.keys(found), ...Object.keys(expected)])].flatMap((field) => {
    const member = memberOfField(field);
    const isTold = member === undefined || !unknown.has(member);
    const isDifferent = isTold && !isSameValue(found[field], expected[field]);
    return isDifferent ? [{ field, member, found: found[field], expected: expected[field] }] : [];
  });
}
