import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { type Extent, figure, MEASURED, measure, measuredCells, medianRun, printRow, sizesOf } from '../measuring.ts';
import { inFolder } from '../processes.ts';
import { connectionsOf, type LoadPlan } from './company.ts';
import { makeTrail } from './make-trail.ts';

/** `month`: 30 days of 5-minute snapshots of 500 connections (aim: under a minute). `many`: 100,000 connections. */
const SIZES: Readonly<Record<string, LoadPlan>> = {
  small: { snapshots: 60, open: 50, lastsMinutes: 4 * 60 },
  month: { snapshots: 8640, open: 500, lastsMinutes: 8 * 60 },
  many: { snapshots: 1200, open: 5000, lastsMinutes: 5 * 60 },
};

const WORKS = [
  ['read', 'reading the same items'],
  ['hash', '… and unpacking, hashing them'],
  ['verify', 'verifying'],
] as const;

/** A whole verification beside only reading what it reads. */
export async function bench(extent: Extent): Promise<void> {
  for (const [name, plan] of sizesOf(SIZES, extent)) {
    await inFolder((folder) => benchPlan(name, plan, folder, extent.times ?? 3));
  }
}

async function benchPlan(name: string, plan: LoadPlan, folder: string, times: number): Promise<void> {
  const { archive, database } = await makeTrail(folder, plan, (text) => console.error(text));
  const engine = await startEmbeddedDynamoDb({ file: database });
  try {
    const connections = connectionsOf(plan);
    console.log(
      `\n${name}: ${figure(plan.snapshots)} snapshots, ${figure(plan.open)} connections open at a time, ${figure(connections)} in all; median of ${times}`,
    );
    printRow('', [...MEASURED, 'snapshots/s', 'connections/s', 'of reading']);
    let reading = Number.NaN;
    for (const [work, label] of WORKS) {
      const measured = await medianRun(times, () => measure('verify/measured.ts', [work, engine.endpoint, archive]));
      const { wallSeconds } = measured;
      if (work === 'read') reading = wallSeconds;
      const rates = [plan.snapshots, connections].map((number) => figure(number / wallSeconds));
      printRow(label, [...measuredCells(measured), ...rates, `${figure(wallSeconds / reading, 1)}x`]);
    }
  } finally {
    await engine.close();
  }
}
