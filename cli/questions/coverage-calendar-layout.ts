import type { LocalTime } from '../../lambda/trail/time-zone.ts';

/** `00:00` and a space. */
export const CLOCK_WIDTH = 6;
const WIDE = 3;
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24] as const;
/** Two whole blocks, or more that are coarser: about a screen and a half. */
const MOST_LINES = 48;
/** A week, however narrow the terminal. */
const FEWEST_DAYS = 7;

/**
 * Lays out the days in blocks that fit the width, side by side, with the hours down. Few days are drawn wide, so that each gets its number; many get a column
 * each, in blocks of whole months where they fit, and with several hours to a sign where there would be too many lines.
 *
 * @returns the blocks; the hours of a day that one sign stands for; and the columns that a day takes
 */
export function layOutDays(days: readonly LocalTime[], width: number) {
  const room = width - CLOCK_WIDTH;
  const dayWidth = days.length * WIDE - 1 <= room ? WIDE : 1;
  const blocks = breakDays(days, Math.max(FEWEST_DAYS, Math.floor((room + dayWidth - 1) / dayWidth)));
  const hours = HOURS.find((each) => (blocks.length * 24) / each <= MOST_LINES) ?? 24;
  return { blocks, hours, dayWidth };
}

/** Breaks the days before the last month that would not be whole, or where no month is, after as many as fit. */
function breakDays(days: readonly LocalTime[], most: number): LocalTime[][] {
  const blocks: LocalTime[][] = [];
  for (let rest = [...days]; rest.length > 0; ) {
    const isWhole = (index: number) => new Date(rest[index] ?? 0).getUTCDate() === 1;
    let length = Math.min(most, rest.length);
    if (length < rest.length) {
      const month = Array.from({ length: length + 1 }, (_, index) => length - index).find(isWhole);
      if (month !== undefined && month > 0) length = month;
    }
    blocks.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return blocks;
}

/** The line with the months of a block, above the first day of each. */
export function monthLine(days: readonly LocalTime[], dayWidth: number): string {
  const firsts = days.flatMap((day, index) => {
    const isFirst = index === 0 || new Date(day).getUTCDate() === 1;
    return isFirst ? [{ column: index * dayWidth, texts: monthTexts(day) }] : [];
  });
  return placeTexts(firsts);
}

/** The line with the numbers of the days: of all, or one a week where a day is one column. */
export function dayLine(days: readonly LocalTime[], dayWidth: number): string {
  const numbers = days.map((day) => new Date(day).getUTCDate());
  if (dayWidth > 1) return numbers.map((number) => String(number).padStart(dayWidth - 1)).join(' ');
  const shown = numbers.flatMap((number, column) =>
    number % 7 === 1 || column === 0 ? [{ column, texts: [String(number)] }] : [],
  );
  return placeTexts(shown);
}

function monthTexts(day: LocalTime): string[] {
  const name = new Date(day).toLocaleString('en', { month: 'short', timeZone: 'UTC' });
  return [`${name} ${new Date(day).getUTCFullYear()}`, name, name.slice(0, 1)];
}

/** Each text at its column, the first of its forms that leaves a space before the next one, or none. */
function placeTexts(placed: readonly { readonly column: number; readonly texts: readonly string[] }[]): string {
  return placed.reduce((line, { column, texts }, index) => {
    const next = placed[index + 1]?.column ?? Number.POSITIVE_INFINITY;
    const text = texts.find(({ length }) => column + length < next) ?? '';
    return line.padEnd(column) + text;
  }, '');
}
