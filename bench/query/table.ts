import { figure } from '../measuring.ts';
import type { Metered } from './metered-app.ts';
import type { QuestionGroup } from './questions.ts';

/** What one question cost, beside the least that its items cost: their bytes, read in one request. */
export interface Sample extends Metered {
  readonly least: number;
}

type Value = (sample: Sample) => number;
type ValueOfGroup = (samples: readonly Sample[]) => number;

const mean =
  (value: Value): ValueOfGroup =>
  (samples) =>
    samples.reduce((sum, one) => sum + value(one), 0) / samples.length;
const most =
  (value: Value): ValueOfGroup =>
  (samples) =>
    Math.max(...samples.map(value));
const indexUnits: Value = ({ cost }) => cost.index.units;
const leastUnits: Value = ({ least }) => least;

type ShownFigure = readonly [
  above: string,
  below: string,
  width: number,
  digits: number,
  value: ValueOfGroup,
  unitOfLists?: string,
];

/** Means and maxima are of all questions of a group; a column with a unit, be it empty, is shown for lists alone. */
const COLUMNS: readonly ShownFigure[] = [
  ['asked', '', 6, 0, (samples) => samples.length],
  ['rows', '', 8, 1, mean(({ connections }) => connections.length)],
  ['index', 'requests', 10, 1, mean(({ cost }) => cost.index.requests)],
  ['', 'most', 5, 0, most(({ cost }) => cost.index.requests)],
  ['index', 'units', 8, 2, mean(indexUnits)],
  ['', 'most', 6, 1, most(indexUnits)],
  ['least', 'units', 8, 2, mean(leastUnits), ''],
  ['over', 'least', 7, 2, (samples) => mean(indexUnits)(samples) / mean(leastUnits)(samples), 'x'],
  ['', 'most', 7, 2, most((sample) => indexUnits(sample) / sample.least), 'x'],
  ...(['coverage', 'snapshot'] as const).flatMap((name): ShownFigure[] => [
    [name, 'requests', 10, 1, mean(({ cost }) => cost[name].requests)],
    ['', 'units', 7, 1, mean(({ cost }) => cost[name].units)],
  ]),
  ['note', 'units', 7, 1, mean(({ cost }) => cost.note.units)],
];
const LABEL = 28;

/** The two lines above the table. */
export const HEADER = ([0, 1] as const)
  .map((line) => ''.padEnd(LABEL) + COLUMNS.map((column) => column[line].padStart(column[2])).join(''))
  .join('\n');

export function tableLine({ name, isList }: QuestionGroup, samples: readonly Sample[]): string {
  const cells = COLUMNS.map(([, , width, digits, value, unitOfLists]) => {
    const isShown = isList || unitOfLists === undefined;
    return (isShown ? figure(value(samples), digits) + (unitOfLists ?? '') : '').padStart(width);
  });
  return name.padEnd(LABEL) + cells.join('');
}
