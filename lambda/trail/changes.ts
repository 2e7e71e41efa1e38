import { LONG_SECONDS } from './connection.ts';
import { COUNTERS, ELEMENTS, LASTING, LATEST, LIVE } from './connection-members.ts';
import { isLong } from './fold.ts';
import { hasEnded, namesOther, type ReadRow, readRow } from './row.ts';
import { RowGroups } from './row-groups.ts';
import { type Manifest, parseLine, type StoredRow } from './snapshot.ts';
import { addSeconds, type Instant } from './time.ts';

/**
 * The change of one connection from the snapshot before: `sighted` if it had no row there, `changed` if its status or
 * identity changed, `vanished` if it was open there and is not listed now, `shared` if only others changed. It `shares` where
 * another connection had its address at the same time (ADR 30).
 */
export type Change = { readonly shares?: true } & (
  | { readonly kind: 'sighted'; readonly id: string; readonly row: ReadRow }
  | { readonly kind: 'changed'; readonly id: string; readonly row: ReadRow; readonly previous: ReadRow }
  | { readonly kind: 'shared'; readonly id: string; readonly row: ReadRow }
  | { readonly kind: 'vanished'; readonly id: string; readonly previous: ReadRow }
);

/** A snapshot with its rows, sorted by ConnectionId, in batches. Each iteration reads them from the first on. */
export interface SnapshotRows {
  readonly manifest: Manifest;
  readonly rows: Iterable<readonly StoredRow[]> | AsyncIterable<readonly StoredRow[]>;
}

/** Elements that change while a connection is live. Its item does not store them then (ADR 4). */
const LIVE_ELEMENTS = new RegExp(
  `"(?:${ELEMENTS.flatMap(({ name, wire }) => (LIVE.some((live) => live === name) ? wire : [])).join('|')})":"[^"]*",?`,
  'g',
);
const ACTIVE = '"status":{"code":"active"';
const ESTABLISHED = /"connectionEstablishedTime":"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"/;

/** The members of a row whose change is written to its connection. Unknown elements are not: they may be counters. */
const STABLE = ['establishedAt', 'endedAt', ...LASTING, ...LATEST] as const;

/** The counters of a connection that has ended are on its item. */
const STABLE_ONCE_ENDED = [...STABLE, ...COUNTERS] as const;

/** The changes from one snapshot to the next, in the order of their ids. Rows without an id change nothing. */
export async function* changesBetween(before: SnapshotRows | undefined, now: SnapshotRows): AsyncGenerator<Change> {
  const endpointId = now.manifest.endpointId;
  const old = new RowGroups(before?.rows ?? []);
  const current = new RowGroups(now.rows);
  const crossed = growsLong(before?.manifest.f, now.manifest.f);
  for (;;) {
    // Awaited only if it is a promise: this runs for every connection.
    if (old.isShort) await old.fill();
    if (current.isShort) await current.fill();
    if (old.done && current.done) return;
    const id = old.done || (!current.done && current.id < old.id) ? current.id : old.id;
    const previous = !old.done && old.id === id ? old.take() : undefined;
    const lines = !current.done && current.id === id ? current.take() : undefined;
    if (id === '') continue;
    if (previous && lines && isSame(previous, lines, crossed)) continue;
    const was = previous && winner(previous, endpointId);
    const is = lines && winner(lines, endpointId);
    if (was && is) {
      const change = changeOf(id, was, is, before?.manifest, now.manifest);
      if (change) yield change;
    } else if (is) {
      yield sighted(id, is);
    } else if (was && !hasEnded(was)) {
      yield { kind: 'vanished', id: ownId(was, id), previous: was };
    }
  }
}

const sighted = (id: string, row: ReadRow): Change => ({ kind: 'sighted', id: ownId(row, id), row });

/**
 * A copy of the id. V8 keeps a substring as a reference to the whole chunk's text, and a replay keeps an id for each
 * connection.
 */
const ownId = ({ connectionId }: ReadRow, id: string): string => connectionId ?? id;

/**
 * The row that counts if a snapshot lists a connection more than once: an ended one first, then one that says when it ended, then
 * the later Timestamp, then the greater bytes (ADR 29). Rows that name another endpoint do not count: undefined if there are no
 * others (ADR 32).
 */
export function winner(lines: readonly Pick<StoredRow, 'line'>[], endpointId: string): ReadRow | undefined {
  const own = lines.map(({ line }) => parseLine(line)).filter((row) => !namesOther(row, endpointId));
  return own
    .map((row) => readRow(row, endpointId))
    .reduce<ReadRow | undefined>((best, row) => (best && saysMore(best, row) ? best : row), undefined);
}

function saysMore(best: ReadRow, row: ReadRow): boolean {
  if (hasEnded(best) !== hasEnded(row)) return hasEnded(best);
  const [isTold, isOtherTold] = [best, row].map(({ endedAt }) => endedAt !== undefined);
  if (hasEnded(best) && isTold !== isOtherTold) return isTold === true;
  return (best.timestamp ?? '') > (row.timestamp ?? '');
}

/** The row that counts of each connection among a snapshot's rows, by its id. */
export function* winners(
  rows: Iterable<StoredRow>,
  endpointId: string,
): Generator<readonly [id: string, row: ReadRow]> {
  for (const [id, lines] of Map.groupBy(rows, (row) => row.id)) {
    const row = id === '' ? undefined : winner(lines, endpointId);
    if (row) yield [id, row];
  }
}

function changeOf(
  id: string,
  previous: ReadRow,
  row: ReadRow,
  before: Manifest | undefined,
  now: Manifest,
): Change | undefined {
  const members = hasEnded(row) ? STABLE_ONCE_ENDED : STABLE;
  const changed = members.some((member) => row[member] !== undefined && !saysTheSame(row[member], previous[member]));
  const unsaid = LATEST.some((member) => row[member] === undefined && previous[member] !== undefined);
  const aged =
    before && !hasEnded(row) && row.establishedAt
      ? isLong(row.establishedAt, now.f) && !isLong(row.establishedAt, before.f)
      : false;
  return changed || unsaid || aged ? { kind: 'changed', id: ownId(row, id), row, previous } : undefined;
}

/** What a row says is a text, a counter or a list of texts. */
function saysTheSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

/**
 * Whether two single rows surely do not differ in any stored member. It compares texts, because most rows of a
 * snapshot differ only in live members.
 */
function isSame(old: readonly StoredRow[], now: readonly StoredRow[], crossed: (line: string) => boolean): boolean {
  const [before] = old;
  const [after] = now;
  if (old.length > 1 || now.length > 1 || !before || !after || crossed(after.line)) return false;
  if (before.line === after.line) return true;
  // The item of an ended connection has the counters too.
  return (
    after.line.includes(ACTIVE) && before.line.replace(LIVE_ELEMENTS, '') === after.line.replace(LIVE_ELEMENTS, '')
  );
}

/** Whether the connection of a line reached an age of 24 hours between the snapshots, or its age is unclear. */
function growsLong(before: Instant | undefined, now: Instant): (line: string) => boolean {
  if (!before) return () => true;
  const [from, to] = [before, now].map((f) => addSeconds(f, -LONG_SECONDS).replace('T', ' ').slice(0, 19));
  return (line) => {
    const established = ESTABLISHED.exec(line)?.[1];
    return established === undefined || (established > (from ?? '') && established <= (to ?? ''));
  };
}
