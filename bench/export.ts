import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentClient } from '../lambda/dynamodb/documents.ts';
import { EXPORT_FORMATS } from '../lambda/export/formats/format.ts';
import { type Measured, measure, medianOf, timesGiven } from './measuring.ts';
import { lineOf, start } from './processes.ts';
import { type History, makeHistory } from './query/history.ts';
import type { LoadedStore } from './query/load.ts';
import { loadStore } from './query/load.ts';
import { NOW } from './query/recording.ts';
import { writeLogs } from './query/snapshots.ts';
import { DAY } from './query/visits.ts';

const times = timesGiven();
const CONNECTIONS = 100_000;
const PEOPLE = 240;
/** Part of the days, beside all of them: what is held in memory must not grow with the connections. */
const A_TENTH = 0.1;

/** Whole days, and the connections that began in them. */
interface Days {
  readonly first: number;
  readonly last: number;
  readonly connections: number;
}

/**
 * An export of 100,000 connections by the command, over the real API on loopback, in each format, beside reading the same items from
 * the same index (aim: over half its speed), and the same answers without writing them. `--times N` measures each so
 * often; the median counts.
 */
export async function benchExport(): Promise<void> {
  const history = makeHistory(CONNECTIONS, PEOPLE);
  const store = await loadStore(history, (progress) => console.error(progress));
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-bench-'));
  try {
    await writeLogs(documentClient(store.client), history, []);
    await benchDays(store, folder, daysOf(history, 1));
    await benchDays(store, folder, daysOf(history, A_TENTH));
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

/** The newest part of the days that are over. */
function daysOf({ visits }: History, part: number): Days {
  const last = Math.floor(NOW / DAY) - 1;
  const oldest = Math.floor((visits[0]?.start ?? NOW) / DAY);
  const first = last - Math.floor((last - oldest) * part);
  const began = visits.filter(({ start: at }) => at >= first * DAY && at < (last + 1) * DAY);
  return { first, last, connections: began.length };
}

async function benchDays({ endpoint }: LoadedStore, folder: string, days: Days): Promise<void> {
  const { first, last, connections } = days;
  console.log(`\n${connections.toLocaleString('en')} connections in ${last - first + 1} days; median of ${times}`);
  console.log(row(['', 'wall s', 'CPU s', 'peak MB', 'MB written', 'connections/s', "of reading's speed"]));
  const api = start('export/api.ts', [endpoint]);
  try {
    const url = await lineOf(api);
    const file = join(folder, 'connections');
    const works = [
      { work: 'read', label: 'reading the same items', from: endpoint },
      { work: 'ask', label: 'asking the API for them', from: url },
      ...EXPORT_FORMATS.map((format) => ({ work: format, label: `export as ${format}`, from: url })),
    ];
    let reading = Number.NaN;
    for (const { work, label, from } of works) {
      const all: Measured[] = [];
      for (let time = 0; time < times; time++) {
        rmSync(file, { force: true });
        rmSync(`${file}.manifest.json`, { force: true });
        all.push(
          await measure('export/measured.ts', [work, String(first), String(last), String(connections), from, file]),
        );
      }
      const { wallSeconds, cpuSeconds, peakMegabytes } = medianOf(all);
      if (work === 'read') reading = wallSeconds;
      const written = statSync(file, { throwIfNoEntry: false });
      console.log(
        row([
          label,
          wallSeconds.toFixed(1),
          cpuSeconds.toFixed(1),
          peakMegabytes.toFixed(0),
          written ? (written.size / 1e6).toFixed(1) : '',
          (connections / wallSeconds).toFixed(0),
          `${(reading / wallSeconds).toFixed(2)}x`,
        ]),
      );
    }
  } finally {
    api.stdin?.end();
  }
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : cell.padStart(20))).join('');
}
