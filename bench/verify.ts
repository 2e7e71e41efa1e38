import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedDynamoDb } from '../local/embedded-dynamodb.ts';
import { type Measured, measure, medianOf, timesGiven } from './measuring.ts';
import { connectionsOf, type LoadPlan } from './verify/company.ts';
import { makeTrail } from './verify/make-trail.ts';

const times = timesGiven();

const PLANS: Readonly<Record<string, LoadPlan>> = {
  month: { snapshots: 8640, open: 500, lastsMinutes: 8 * 60 },
  many: { snapshots: 1200, open: 5000, lastsMinutes: 5 * 60 },
};

const WORKS = [
  ['read', 'reading the same items'],
  ['hash', '… and unpacking, hashing them'],
  ['verify', 'verifying'],
] as const;

/**
 * A whole verification beside only reading what it reads: `month`, 30 days of 5-minute snapshots of 500 connections (aim: under
 * a minute), and `many`, 100,000 connections. `--size NAME` measures one of them, `--times N` so
 * often; the median counts.
 */
export async function benchVerify(): Promise<void> {
  const flag = process.argv.indexOf('--size');
  const size = flag < 0 ? undefined : process.argv[flag + 1];
  const plans = Object.entries(PLANS).filter(([name]) => size === undefined || name === size);
  if (plans.length === 0) throw new RangeError(`expected --size ${Object.keys(PLANS).join(' or ')}; got ${size}`);
  for (const [name, plan] of plans) await benchPlan(name, plan);
}

async function benchPlan(name: string, plan: LoadPlan): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-bench-'));
  try {
    const { archive, database } = await makeTrail(folder, plan, (text) => console.error(text));
    const engine = await startEmbeddedDynamoDb({ file: database });
    try {
      const connections = connectionsOf(plan);
      console.log(
        `\n${name}: ${plan.snapshots.toLocaleString('en')} snapshots, ${plan.open.toLocaleString('en')} connections open at a time, ${connections.toLocaleString('en')} in all; median of ${times}`,
      );
      const header = ['', 'wall s', 'CPU s', 'peak MB', 'snapshots/s', 'connections/s', 'of reading'];
      console.log(row(header));
      let reading = Number.NaN;
      for (const [work, label] of WORKS) {
        const measured = await median(work, engine.endpoint, archive);
        const { wallSeconds, cpuSeconds, peakMegabytes } = measured;
        if (work === 'read') reading = wallSeconds;
        const rates = [plan.snapshots, connections].map((count) => (count / wallSeconds).toFixed(0));
        const ratio = `${(wallSeconds / reading).toFixed(1)}x`;
        console.log(
          row([label, wallSeconds.toFixed(1), cpuSeconds.toFixed(1), peakMegabytes.toFixed(0), ...rates, ratio]),
        );
      }
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function median(...args: string[]): Promise<Measured> {
  const all: Measured[] = [];
  for (let time = 0; time < times; time++) all.push(await measure('verify/measured.ts', args));
  return medianOf(all);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(15))).join('');
}
