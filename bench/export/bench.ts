import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { documentClient } from '../../lambda/dynamodb/documents.ts';
import { EXPORT_FORMATS } from '../../lambda/export/formats/format.ts';
import { type Extent, figure, MEASURED, measure, measuredCells, medianRun, printRow, sizesOf } from '../measuring.ts';
import { inFolder, lineOf, start } from '../processes.ts';
import { type CompanyHistory, makeHistory } from '../query/history.ts';
import { withHistory } from '../query/load.ts';
import { NOW } from '../query/recording.ts';
import { writeSnapshotLogs } from '../query/snapshots.ts';
import { DAY } from '../query/visits.ts';
import type { BenchStore } from '../trail.ts';

const SIZES = { small: { connections: 1_000, people: 9 }, usual: { connections: 100_000, people: 240 } };
/** Part of the days, beside all of them: what is held in memory must not grow with the connections. */
const A_TENTH = 0.1;

/**
 * An export by the command, over the real API on loopback, in each format, beside reading the same items from the same index (aim:
 * over half its speed), and the same answers without writing them.
 */
export async function bench(extent: Extent): Promise<void> {
  for (const [, { connections, people }] of sizesOf(SIZES, extent)) {
    const history = makeHistory(connections, people);
    await withHistory(history, async (store) => {
      await writeSnapshotLogs(documentClient(store.client), history, []);
      for (const part of [1, A_TENTH]) {
        await inFolder((folder) => benchDays(store, folder, daysOf(history, part), extent.times ?? 3));
      }
    });
  }
}

/** The newest part of the days that are over, and the connections that began in them. */
function daysOf({ visits }: CompanyHistory, part: number) {
  const last = Math.floor(NOW / DAY) - 1;
  const oldest = Math.floor((visits[0]?.start ?? NOW) / DAY);
  const first = last - Math.floor((last - oldest) * part);
  const began = visits.filter(({ start: at }) => at >= first * DAY && at < (last + 1) * DAY);
  return { first, last, connections: began.length };
}

async function benchDays(
  { endpoint }: BenchStore,
  folder: string,
  days: ReturnType<typeof daysOf>,
  times: number,
): Promise<void> {
  const { first, last, connections } = days;
  console.log(`\n${connections.toLocaleString('en')} connections in ${last - first + 1} days; median of ${times}`);
  printRow('', [...MEASURED, 'MB written', 'connections/s', "reading's speed"]);
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
      const measured = await medianRun(times, () => {
        rmSync(file, { force: true });
        rmSync(`${file}.manifest.json`, { force: true });
        return measure('export/measured.ts', [work, String(first), String(last), String(connections), from, file]);
      });
      const { wallSeconds } = measured;
      if (work === 'read') reading = wallSeconds;
      const written = statSync(file, { throwIfNoEntry: false });
      printRow(label, [
        ...measuredCells(measured),
        written ? figure(written.size / 1e6, 1) : '',
        figure(connections / wallSeconds),
        `${figure(reading / wallSeconds, 2)}x`,
      ]);
    }
  } finally {
    api.stdin?.end();
  }
}
