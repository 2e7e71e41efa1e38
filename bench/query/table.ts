import { figure } from '../measuring.ts';
import type { Cost, Metered } from './metered-app.ts';
import type { Group } from './questions.ts';

/** What one question cost, beside the least that its items cost: their bytes, read in one request. */
export interface Sample extends Metered {
  readonly least: number;
}

type Value = (sample: Sample) => number;

const LABEL = 28;
const indexUnits: Value = ({ cost }) => cost.index.units;

interface Column {
  readonly heads: readonly [string, string];
  readonly width: number;
  readonly cell: (samples: readonly Sample[], group: Group) => string;
}

/** The columns of the table; means of all questions of a group, unless they say `most`. */
const COLUMNS: readonly Column[] = [
  { heads: ['asked', ''], width: 6, cell: (samples) => String(samples.length) },
  {
    heads: ['rows', ''],
    width: 8,
    cell: (samples) =>
      figure(
        mean(samples, ({ connections }) => connections.length),
        1,
      ),
  },
  {
    heads: ['index', 'requests'],
    width: 10,
    cell: (samples) =>
      figure(
        mean(samples, ({ cost }) => cost.index.requests),
        1,
      ),
  },
  {
    heads: ['', 'most'],
    width: 5,
    cell: (samples) =>
      figure(
        most(samples, ({ cost }) => cost.index.requests),
        0,
      ),
  },
  { heads: ['index', 'units'], width: 8, cell: (samples) => figure(mean(samples, indexUnits), 2) },
  { heads: ['', 'most'], width: 6, cell: (samples) => figure(most(samples, indexUnits), 1) },
  {
    heads: ['least', 'units'],
    width: 8,
    cell: ofLists((samples) =>
      figure(
        mean(samples, ({ least }) => least),
        2,
      ),
    ),
  },
  {
    heads: ['over', 'least'],
    width: 7,
    cell: ofLists((samples) => `${figure(mean(samples, indexUnits) / mean(samples, ({ least }) => least), 2)}x`),
  },
  { heads: ['', 'most'], width: 7, cell: ofLists((samples) => `${figure(most(samples, overLeast), 2)}x`) },
  ...counted('coverage', ({ cost }) => cost.coverage),
  ...counted('snapshot', ({ cost }) => cost.snapshot),
  {
    heads: ['note', 'units'],
    width: 7,
    cell: (samples) =>
      figure(
        mean(samples, ({ cost }) => cost.note.units),
        1,
      ),
  },
];

/** The two lines above the table. */
export const HEADER = [0, 1]
  .map((line) => ''.padEnd(LABEL) + COLUMNS.map(({ heads, width }) => heads[line]?.padStart(width)).join(''))
  .join('\n');

/** A line of the table. */
export function tableLine(group: Group, samples: readonly Sample[]): string {
  return group.name.padEnd(LABEL) + COLUMNS.map(({ width, cell }) => cell(samples, group).padStart(width)).join('');
}

function counted(name: string, cost: (sample: Sample) => Cost): Column[] {
  return [
    {
      heads: [name, 'requests'],
      width: 10,
      cell: (samples) =>
        figure(
          mean(samples, (one) => cost(one).requests),
          1,
        ),
    },
    {
      heads: ['', 'units'],
      width: 7,
      cell: (samples) =>
        figure(
          mean(samples, (one) => cost(one).units),
          1,
        ),
    },
  ];
}

function ofLists(cell: (samples: readonly Sample[]) => string): Column['cell'] {
  return (samples, { isList }) => (isList ? cell(samples) : '');
}

function overLeast({ cost, least }: Sample): number {
  return cost.index.units / least;
}

function mean(samples: readonly Sample[], value: Value): number {
  return samples.reduce((sum, one) => sum + value(one), 0) / samples.length;
}

function most(samples: readonly Sample[], value: Value): number {
  return Math.max(...samples.map(value));
}
