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
  /** Where not all of low rank that have a pile fit side by side, those of the same one stand beneath each other, in their order. */
  readonly pile?: string;
  /** The header within a pile. */
  readonly brief?: string;
}

/** Columns that take one place of the table: mostly one, or those of a pile. */
interface Place<Row> {
  readonly columns: readonly Column<Row>[];
  readonly headers: readonly string[];
  readonly least: number;
  readonly rank: number;
}

interface SizedPlace<Row> extends Place<Row> {
  readonly width: number;
}

/** How a table is laid out. */
export interface Layout<Row> {
  readonly places: readonly SizedPlace<Row>[];
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
  const sideBySide = columns.map((column) => placeOf([column]));
  const { shown, room } = choose(sideBySide, rows, width);
  const isPiled = sideBySide.some((place) => isPressing(place) && !shown.includes(place));
  const places = isPiled ? pileUp(columns) : sideBySide;
  const chosen = isPiled ? choose(places, rows, width) : { shown, room };
  const widths = widen(chosen.shown, rows, chosen.room);
  return {
    places: places.flatMap((place) => {
      const sized = widths.get(place);
      return sized === undefined ? [] : [{ ...place, width: sized }];
    }),
    leftOut: places.filter((place) => !widths.has(place)).flatMap((place) => place.columns.map(({ header }) => header)),
  };
}

/** A column that is worth a second line. */
function isPressing<Row>({ columns: [column], rank }: Place<Row>): boolean {
  return column?.pile !== undefined && rank <= MODEST_FROM;
}

function placeOf<Row>(columns: readonly Column<Row>[]): Place<Row> {
  const headers = columns.map(({ header, brief }) => (columns.length > 1 ? (brief ?? header) : header));
  return {
    columns,
    headers,
    least: Math.max(
      ...columns.map(({ least }) => least),
      ...headers.flatMap((header) => header.split(' ').map(widthOf)),
    ),
    rank: Math.min(...columns.map(({ rank }) => rank)),
  };
}

/** A pile stands where its first column would. */
function pileUp<Row>(columns: readonly Column<Row>[]): Place<Row>[] {
  return [...Map.groupBy(columns, (column) => column.pile ?? column).values()].map(placeOf);
}

/** The places for which there is room, and the room that is left. */
function choose<Row>(places: readonly Place<Row>[], rows: readonly Row[], width: number) {
  const shown: Place<Row>[] = [];
  let room = width + BETWEEN.length;
  for (const rank of [...new Set(places.map((place) => place.rank))].sort((one, other) => one - other)) {
    const together = places.filter((place) => place.rank === rank);
    const needed = sumOf(together, ({ least }) => least + BETWEEN.length);
    const wanted = rank > MODEST_FROM ? sumOf(shown, (place) => Math.min(wishOf(place, rows), MOST_WANTED)) : 0;
    if (needed + wanted > room && rank > 1) continue;
    shown.push(...together);
    room -= needed;
  }
  return { shown, room: Math.max(0, room) };
}

/** Shares the room out among the places that want more: what one does not want is the others'. */
function widen<Row>(places: readonly Place<Row>[], rows: readonly Row[], room: number): Map<Place<Row>, number> {
  const wishes = places
    .map((place) => ({ place, wish: wishOf(place, rows) }))
    .sort((one, other) => one.wish - other.wish);
  let left = room;
  return new Map(
    wishes.map(({ place, wish }, index) => {
      const more = Math.min(wish, Math.floor(left / (wishes.length - index)));
      left -= more;
      return [place, place.least + more];
    }),
  );
}

/** The lines of the headers: those of a pile above each other as its cells are, others close above theirs. */
export function headerLines<Row>({ places }: Layout<Row>): string[] {
  const cells = places.map(({ headers, width }) => headers.flatMap((header) => wrapTo(header, width)));
  const height = Math.max(0, ...cells.map((lines) => lines.length));
  const isPiled = places.some(({ columns }) => columns.length > 1);
  const above = (lines: readonly string[]) => Array<string>(isPiled ? 0 : height - lines.length).fill('');
  return joinCells(
    places,
    cells.map((lines) => [...above(lines), ...lines]),
  );
}

/** The lines of one row. */
export function rowLines<Row>({ places }: Layout<Row>, row: Row): string[] {
  const cells = places.map(({ columns, width }) =>
    columns.flatMap(({ cell, tooWide }) => {
      const text = printable(cell(row));
      return tooWide === 'cut' ? [cutTo(text, width)] : wrapTo(text, width);
    }),
  );
  return joinCells(places, cells);
}

function joinCells<Row>(places: readonly SizedPlace<Row>[], cells: readonly (readonly string[])[]): string[] {
  const height = Math.max(0, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    places
      .map(({ columns, width }, place) => padTo(cells[place]?.[line] ?? '', width, columns[0]?.align ?? 'left'))
      .join(BETWEEN)
      .trimEnd(),
  );
}

/** How many more columns of the terminal the content would like. */
function wishOf<Row>({ columns, headers, least }: Place<Row>, rows: readonly Row[]): number {
  const texts = columns.length > 1 ? headers : [];
  const widest = columns.flatMap(({ cell }) => rows.map((row) => widthOf(printable(cell(row)))));
  return Math.max(least, ...widest, ...texts.map(widthOf)) - least;
}

function sumOf<T>(items: readonly T[], number: (item: T) => number): number {
  return items.reduce((sum, item) => sum + number(item), 0);
}
