import { printable } from '../../words/printable.ts';
import { cutTo, padTo, widthOf, wrapTo } from './fit-text.ts';

/** A column of a table. */
export interface Column<Row> {
  /** One or more words, each of which may get a line of its own. */
  readonly header: string;
  readonly cell: (row: Row) => string;
  /** Columns that the content always gets, so that it is never broken where it must not be. */
  readonly least: number;
  /**
   * 1 is never left out; of the others those with the highest are, where the terminal is too narrow. Columns of one rank
   * are shown together or not at all.
   */
  readonly rank: number;
  readonly align?: 'right';
  /** What is too wide is broken over lines; or cut, where nothing hangs on it. */
  readonly tooWide?: 'cut';
}

interface PlacedColumn<Row> extends Column<Row> {
  readonly width: number;
}

/** How a table is laid out. */
export interface Layout<Row> {
  readonly columns: readonly PlacedColumn<Row>[];
  /** Headers of the columns for which there is no room. */
  readonly leftOut: readonly string[];
}

const BETWEEN = '  ';
/** Columns of a higher rank are shown only where those before them are not pressed for room, within reason. */
const MODEST_FROM = 4;
const MOST_WANTED = 30;

/**
 * Lays out a table so that it fits the terminal.
 *
 * @param rows - what the widths are taken from; later rows are fitted into them
 * @param width - columns of the terminal
 */
export function layOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Layout<Row> {
  const { shown, room } = choose(columns, rows, width);
  const widths = widen(shown, rows, room);
  return {
    columns: columns.flatMap((column) => {
      const placed = widths.get(column);
      return placed === undefined ? [] : [{ ...column, width: placed }];
    }),
    leftOut: columns.filter((column) => !widths.has(column)).map(({ header }) => header),
  };
}

/** The columns for which there is room, and the room that is left. */
function choose<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number) {
  const shown: Column<Row>[] = [];
  let room = width + BETWEEN.length;
  for (const rank of [...new Set(columns.map((column) => column.rank))].sort((one, other) => one - other)) {
    const together = columns.filter((column) => column.rank === rank);
    const needed = sumOf(together, (column) => leastWidth(column) + BETWEEN.length);
    const wanted = rank > MODEST_FROM ? sumOf(shown, (column) => Math.min(wishOf(column, rows), MOST_WANTED)) : 0;
    if (needed + wanted > room && rank > 1) continue;
    shown.push(...together);
    room -= needed;
  }
  return { shown, room: Math.max(0, room) };
}

/** Shares the room out among the columns that want more: what one does not want is the others'. */
function widen<Row>(columns: readonly Column<Row>[], rows: readonly Row[], room: number): Map<Column<Row>, number> {
  const wishes = columns
    .map((column) => ({ column, wish: wishOf(column, rows) }))
    .sort((one, other) => one.wish - other.wish);
  let left = room;
  return new Map(
    wishes.map(({ column, wish }, index) => {
      const more = Math.min(wish, Math.floor(left / (wishes.length - index)));
      left -= more;
      return [column, leastWidth(column) + more];
    }),
  );
}

/** The lines of the headers. */
export function headerLines<Row>({ columns }: Layout<Row>): string[] {
  const cells = columns.map(({ header, width }) => wrapTo(header, width));
  const height = Math.max(0, ...cells.map((lines) => lines.length));
  return joinCells(
    columns,
    cells.map((lines) => [...Array<string>(height - lines.length).fill(''), ...lines]),
  );
}

/** The lines of one row. */
export function rowLines<Row>({ columns }: Layout<Row>, row: Row): string[] {
  const cells = columns.map(({ cell, width, tooWide }) => {
    const text = printable(cell(row));
    return tooWide === 'cut' ? [cutTo(text, width)] : wrapTo(text, width);
  });
  return joinCells(columns, cells);
}

function joinCells<Row>(columns: readonly PlacedColumn<Row>[], cells: readonly (readonly string[])[]): string[] {
  const height = Math.max(0, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) =>
    columns
      .map(({ width, align }, column) => padTo(cells[column]?.[index] ?? '', width, align ?? 'left'))
      .join(BETWEEN)
      .trimEnd(),
  );
}

function leastWidth<Row>({ header, least }: Column<Row>): number {
  return Math.max(least, ...header.split(' ').map(widthOf));
}

/** How many more columns of the terminal the content would like. */
function wishOf<Row>(column: Column<Row>, rows: readonly Row[]): number {
  const least = leastWidth(column);
  return Math.max(least, ...rows.map((row) => widthOf(printable(column.cell(row))))) - least;
}

function sumOf<T>(items: readonly T[], number: (item: T) => number): number {
  return items.reduce((sum, item) => sum + number(item), 0);
}
