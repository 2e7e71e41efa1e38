import type { ExportFormat } from '../../lambda/export/formats/format.ts';
import type { ExportRecord } from '../../lambda/export/formats/record.ts';
import { memberOf } from '../../lambda/export/formats/records.ts';
import type { Instant } from '../../lambda/trail/time.ts';

/** A member that names a snapshot, and its field. */
export interface ClaimedSight {
  readonly member: 'firstSlot' | 'lastSlot';
  readonly field: string;
  readonly slot: Instant;
}

/** The snapshots that a connection's records claim as its first and last sight. */
export function claimedSights(format: ExportFormat, records: readonly ExportRecord[]): ClaimedSight[] {
  return records.flatMap(({ fields, activity }) =>
    Object.entries(fields).flatMap(([field, value]) => {
      const member = memberOf(format, field, activity);
      if (member !== 'firstSlot' && member !== 'lastSlot') return [];
      return [{ member, field, slot: String(value) }];
    }),
  );
}

/** The endpoint that the records of a connection name. */
export function claimedEndpoint(format: ExportFormat, records: readonly ExportRecord[]): string | undefined {
  for (const { fields, activity } of records) {
    const found = Object.entries(fields).find(([field]) => memberOf(format, field, activity) === 'endpointId');
    if (found) return String(found[1]);
  }
  return undefined;
}

/** The connections whose records name a snapshot, by its slot. */
export function connectionsBySlot(
  format: ExportFormat,
  records: ReadonlyMap<string, readonly ExportRecord[]>,
): ReadonlyMap<Instant, ReadonlySet<string>> {
  const bySlot = new Map<Instant, Set<string>>();
  for (const [id, found] of records) {
    for (const { slot } of claimedSights(format, found)) bySlot.set(slot, (bySlot.get(slot) ?? new Set()).add(id));
  }
  return bySlot;
}
