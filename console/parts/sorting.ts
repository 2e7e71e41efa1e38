import { html } from 'hono/html';
import { linkHere, type ScreenQuestion } from '../question.ts';
import type { TableColumn } from './table.ts';

/** A column that may be sorted by, under the name that the address has. */
export interface SortableColumn<Row> extends TableColumn<Row> {
  readonly name: string;
  /** Absent for a column that is not sorted by; what is undefined comes last. */
  readonly sortBy?: (row: Row) => string | number | bigint | undefined;
  /** The order of the first click; numbers begin with the largest. */
  readonly first?: 'ascending' | 'descending';
}

/** The columns with headers that sort, and the rows in the order that `sort` in the address asks for: `sort=who`, `sort=-sent`. */
export function sortTable<Row>(
  question: ScreenQuestion,
  columns: readonly SortableColumn<Row>[],
  rows: readonly Row[],
): { readonly columns: readonly TableColumn<Row>[]; readonly rows: readonly Row[]; readonly isSorted: boolean } {
  const asked = question.search.get('sort') ?? '';
  const isDescending = asked.startsWith('-');
  const by = columns.find(({ name, sortBy }) => sortBy && name === asked.replace(/^-/, ''));
  const heads = columns.map((column): TableColumn<Row> => {
    const { name, header, sortBy, align, first = align === 'right' ? 'descending' : 'ascending' } = column;
    if (!sortBy) return column;
    const sorted = column === by ? (isDescending ? 'descending' : 'ascending') : undefined;
    const next = sorted === undefined ? first : sorted === 'ascending' ? 'descending' : 'ascending';
    const sort = next === 'descending' ? `-${name}` : name;
    const shownHeader = html`<a href="${linkHere(question, { sort })}" title="Sort by this, ${next}">${header}</a>`;
    return { ...column, shownHeader, sorted };
  });
  const sortBy = by?.sortBy;
  if (!sortBy) return { columns: heads, rows, isSorted: false };
  const keyed = rows.map((row) => ({ row, key: sortBy(row) }));
  keyed.sort((one, other) => compare(one.key, other.key, isDescending ? -1 : 1));
  return { columns: heads, rows: keyed.map(({ row }) => row), isSorted: true };
}

type Key = string | number | bigint | undefined;

function compare(one: Key, other: Key, sign: 1 | -1): number {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  if (typeof one === 'string' && typeof other === 'string') return sign * COLLATOR.compare(one, other);
  return one < other ? -sign : one > other ? sign : 0;
}

/** Numbers within texts by their value, so that addresses are in order. */
const COLLATOR = new Intl.Collator('en', { numeric: true });
