import type { ExportFormat } from '../../lambda/export/formats/format.ts';
import type { ExportRecord } from '../../lambda/export/formats/record.ts';
import { memberOf } from '../../lambda/export/formats/records.ts';
import { isInstant } from '../../lambda/trail/judged.ts';
import { type Instant, toInstant } from '../../lambda/trail/time.ts';

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

/** What a connection's records claim of its vanishing and its end: only snapshots outside of the evidence may tell. */
export interface ClaimedEnd {
  readonly unlistedSince?: Instant;
  readonly endedAt?: Instant;
  /** The earliest and the latest possible end. */
  readonly between?: readonly [Instant | undefined, Instant | undefined];
}

/** What the records of a connection claim of its end; in NDJSON and OCSF its bounds are members of it, elsewhere columns. */
export function claimedEnd(format: ExportFormat, records: readonly ExportRecord[]): ClaimedEnd {
  const claimed: { unlistedSince?: Instant; endedAt?: Instant } = {};
  const between: [Instant | undefined, Instant | undefined] = [undefined, undefined];
  for (const { fields, activity } of records) {
    for (const [field, value] of Object.entries(fields)) {
      const member = memberOf(format, field, activity);
      if (member === 'unlistedSince' || member === 'endedAt') Object.assign(claimed, { [member]: toTime(value) });
      if (member !== 'end') continue;
      const bounds = (value as { readonly between?: unknown } | null)?.between;
      if (Array.isArray(bounds)) between.splice(0, 2, toTime(bounds[0]), toTime(bounds[1]));
      else if (field.startsWith('ended_')) between[field.startsWith('ended_after') ? 0 : 1] = toTime(value);
    }
  }
  return { ...claimed, ...(between.some((bound) => bound !== undefined) ? { between } : {}) };
}

/** In OCSF the time of an event is a number. */
function toTime(value: unknown): Instant | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return toInstant(Number(value));
  return isInstant(value) ? value : undefined;
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
