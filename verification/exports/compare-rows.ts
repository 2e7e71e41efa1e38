import type { ExportFormat } from '../../lambda/export/formats/format.ts';
import type { ExportRecord, ReadRecord } from '../../lambda/export/formats/record.ts';
import { memberOf, toRecords } from '../../lambda/export/formats/records.ts';
import { toAnswer } from '../../lambda/query/connection-answer.ts';
import { fieldText, isSameValue } from '../compare-item.ts';
import type { Findings } from '../findings.ts';
import { type ClaimedSight, claimedEnd, claimedSights } from './claimed-sights.ts';
import { expectedPossible } from './expected-possible.ts';
import type { ExpectedRow } from './expected-row.ts';
import type { RecomputedLog } from './recompute-rows.ts';
import type { NoSight } from './sights.ts';
import { isAskedFor } from './wanted-rows.ts';

/** How many rows were compared, and how far. */
export interface RowCounts {
  recomputed: number;
  /** Their vanishing, or their inferred end, depends on snapshots that are not included. */
  beyond: number;
  /** Their snapshots have expired, or could not be read. */
  unread: number;
  /** They have values that no row says which is still there: rows that may have said them have expired. */
  untold: number;
  /** They may belong in the file, but are not in it: that depends on later snapshots that are not included. */
  undecided: number;
}

/** A field that differs from the evidence. */
interface RowDifference {
  readonly field: string;
  readonly member?: string | undefined;
  readonly found: unknown;
  readonly expected: unknown;
  /** A row that has expired may have it. */
  readonly isUntold: boolean;
}

const NO_SIGHT: Readonly<Record<Exclude<NoSight, 'lost'> | 'listed-before', string>> = {
  'no-snapshot': 'no snapshot of that slot came along',
  'no-chunk': 'the chunk of that snapshot that can list it did not come along',
  'not-listed': 'that snapshot does not list it',
  'listed-before': 'an earlier snapshot lists it',
};

/** Compares the records of one connection in an export with the evidence. */
export function compareConnection(
  format: ExportFormat,
  id: string,
  records: readonly ReadRecord[],
  log: RecomputedLog,
  findings: Findings,
  counts: RowCounts,
): void {
  const claimed = claimedSights(format, records);
  const at = records.map((record) => record.where).join(' and ');
  const fault = (kind: 'row-added' | 'row-changed' | 'evidence-missing', what: string, field?: string) => {
    const { endpointId } = log;
    const message = `Connection ${id} (${at}): ${what}.`;
    findings.fault({ kind, place: 'export', endpointId, connectionId: id, field, message });
  };
  const rows = log.expected.rowsOf(id, claimed, claimedEnd(format, records));
  const wrong = wrongSights(log, id, claimed);
  for (const { field, slot, why } of wrong) {
    fault(why === 'no-chunk' ? 'evidence-missing' : 'row-changed', `${field} is ${slot}; ${NO_SIGHT[why]}`, field);
  }
  if (wrong.length > 0) return;
  const isLost = claimed.some(
    ({ member, slot }) => member === 'lastSlot' && log.expected.sights.look(id, slot) === 'lost',
  );
  if (isLost) counts.unread += 1;
  else if (rows.length > 0) counts.recomputed += 1;
  else fault('row-added', 'no snapshot that came along lists it');
  if (rows.length === 0) return;
  const { hard, soft, row } = closest(
    format,
    records,
    rows.filter((one) => isClaimed(format, records, one)),
    log,
  );
  for (const { field, found, expected } of hard) {
    fault('row-changed', `${field} is ${fieldText(found)}; the log gives ${fieldText(expected)}`, field);
  }
  if (hard.length > 0) return;
  for (const { field, found } of soft) {
    findings.note(
      `Connection ${id} (${at}): ${field} is ${fieldText(found)}; no row says so that is still there, one that has expired may have.`,
    );
  }
  if (row.isBeyond) counts.beyond += 1;
  const isUntold = soft.length > 0;
  if (isUntold) counts.untold += 1;
  if (!rows.some((one) => isAskedFor(log.exported, one, isUntold))) {
    fault('row-added', 'the question does not ask for it');
  }
}

/** Whether the records say that it vanished, or has ended: they must, where only later snapshots tell when. */
function isClaimed(format: ExportFormat, records: readonly ExportRecord[], row: ExpectedRow): boolean {
  const member = row.connection.end ? 'end' : 'unlistedSince';
  // In OCSF an end is an event of its own.
  if (!row.isBeyond || (format === 'ocsf' && member === 'end')) return true;
  return records.some(({ fields, activity }) =>
    Object.keys(fields).some((field) => memberOf(format, field, activity) === member),
  );
}

function wrongSights(
  { expected: { sights } }: RecomputedLog,
  id: string,
  claimed: readonly ClaimedSight[],
): (Pick<ClaimedSight, 'field' | 'slot'> & { readonly why: keyof typeof NO_SIGHT })[] {
  const earliest = sights.earliestOf(id);
  return claimed.flatMap(({ member, field, slot }): ReturnType<typeof wrongSights> => {
    const why = sights.look(id, slot);
    if (typeof why === 'string' && why !== 'lost') return [{ field, slot, why }];
    const isLate = member === 'firstSlot' && earliest !== undefined && earliest < slot;
    return isLate ? [{ field, slot, why: 'listed-before' }] : [];
  });
}

/** The candidate row with the fewest differences: certain ones, and those that expired rows may explain. */
function closest(
  format: ExportFormat,
  records: readonly ExportRecord[],
  rows: readonly ExpectedRow[],
  log: RecomputedLog,
): { hard: readonly RowDifference[]; soft: readonly RowDifference[]; row: ExpectedRow } {
  const tried = rows.map((row) => {
    const differences = differencesIn(format, records, row, expectedPossible(log.exported, row, log.expected));
    const hasName = differences.some(({ member, isUntold }) => isUntold && member !== 'identity');
    // The identity follows from the names.
    const isSoft = ({ member, isUntold }: RowDifference) => isUntold && (member !== 'identity' || hasName);
    return { hard: differences.filter((one) => !isSoft(one)), soft: differences.filter(isSoft), row };
  });
  return tried.reduce((least, one) => {
    const isCloser = one.hard.length - least.hard.length || one.soft.length - least.soft.length;
    return isCloser < 0 ? one : least;
  });
}

function differencesIn(
  format: ExportFormat,
  found: readonly ExportRecord[],
  { connection, unknown, untold }: ExpectedRow,
  possible: boolean | undefined,
): RowDifference[] {
  const expected = toRecords(format, toAnswer(connection, possible));
  const activities = new Set([...found, ...expected].map(({ activity }) => activity));
  return [...activities].flatMap((activity): RowDifference[] => {
    const [one, other] = [found, expected].map((all) => all.filter((record) => record.activity === activity));
    if (one?.length !== 1 || other?.length !== 1) {
      const field = activity ?? 'rows';
      return [{ field, found: one?.length ?? 0, expected: other?.length ?? 0, isUntold: false }];
    }
    return differingFields(one[0]?.fields ?? {}, other[0]?.fields ?? {}).flatMap((difference) => {
      const member = memberOf(format, difference.field, activity);
      const isUnknown = unknown.has(member ?? '') || (member === 'possible' && possible === undefined);
      return isUnknown ? [] : [{ ...difference, member, isUntold: untold.has(member ?? '') }];
    });
  });
}

function differingFields(found: ExportRecord['fields'], expected: ExportRecord['fields']) {
  const fields = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return [...fields]
    .filter((field) => !isSameValue(found[field], expected[field]))
    .map((field) => ({ field, found: found[field], expected: expected[field] }));
}
