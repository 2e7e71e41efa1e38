import { figure } from '../measuring.ts';
import type { Cost, Metered } from './metered-app.ts';
import type { Group } from './questions.ts';

/** What one question cost, beside the least that its items cost: their bytes, read in one request. */
export interface Sample extends Metered {
  readonly least: number;
}

type Value = (sample: Sample) => number;
type Heads = readonly [above: string, below: string];

const LABEL = 28;
const indexUnits: Value = ({ cost }) => cost.index.units;
const leastUnits: Value = ({ least }) => least;

interface Column {
  readonly heads: Heads;
  readonly width: number;
  readonly cell: (samples: readonly Sample[], group: Group) => string;
}

/** The columns of the table; means and maxima are of all questions of a group. */
const COLUMNS: readonly Column[] = [
  column(['asked', ''], 6, 0, (samples) => samples.length),
  mean(['rows', ''], 8, 1, ({ connections }) => connections.length),
  mean(['index', 'requests'], 10, 1, ({ cost }) => cost.index.requests),
  most(['', 'most'], 5, 0, ({ cost }) => cost.index.requests),
  mean(['index', 'units'], 8, 2, indexUnits),
  most(['', 'most'], 6, 1, indexUnits),
  ofLists(mean(['least', 'units'], 8, 2, leastUnits)),
  ofLists(
    column(['over', 'least'], 7, 2, (samples) => meanOf(samples, indexUnits) / meanOf(samples, leastUnits)),
    'x',
  ),
  ofLists(
    most(['', 'most'], 7, 2, (sample) => indexUnits(sample) / sample.least),
    'x',
  ),
  ...counted('coverage', ({ cost }) => cost.coverage),
  ...counted('snapshot', ({ cost }) => cost.snapshot),
  mean(['note', 'units'], 7, 1, ({ cost }) => cost.note.units),
];

/** The two lines above the table. */
export const HEADER = [0, 1]
  .map((line) => ''.padEnd(LABEL) + COLUMNS.map(({ heads, width }) => heads[line]?.padStart(width)).join(''))
  .join('\n');

/** A line of the table. */
export function tableLine(group: Group, samples: readonly Sample[]): string {
  return group.name.padEnd(LABEL) + COLUMNS.map(({ width, cell }) => cell(samples, group).padStart(width)).join('');
}

function column(heads: Heads, width: number, digits: number, value: (samples: readonly Sample[]) => number): Column {
  return { heads, width, cell: (samples) => figure(value(samples), digits) };
}

function mean(heads: Heads, width: number, digits: number, value: Value): Column {
  return column(heads, width, digits, (samples) => meanOf(samples, value));
}

function most(heads: Heads, width: number, digits: number, value: Value): Column {
  return column(heads, width, digits, (samples) => Math.max(...samples.map(value)));
}

function counted(name: string, cost: (sample: Sample) => Cost): Column[] {
  return [
    mean([name, 'requests'], 10, 1, (one) => cost(one).requests),
    mean(['', 'units'], 7, 1, (one) => cost(one).units),
  ];
}

function ofLists({ cell, ...rest }: Column, unit = ''): Column {
  return { ...rest, cell: (samples, group) => (group.isList ? cell(samples, group) + unit : '') };
}

function meanOf(samples: readonly Sample[], value: Value): number {
  return samples.reduce((sum, one) => sum + value(one), 0) / samples.length;
}
