import { winner } from '../trail/changes.ts';
import { COUNTERS } from '../trail/connection-members.ts';
import type { Sighting } from '../trail/fold.ts';
import { present } from '../trail/present.ts';
import { secondsBetween } from '../trail/time.ts';
import type { UsageAnswer, UsageSample } from './schemas/connection.ts';
import type { SightingLines } from './sightings.ts';

/** A sample lasts one interval; if the next one is this much later, a snapshot is missing. */
const LATE = 2.5;

/** The counters of a connection at each of its snapshots, with the difference between them. */
export function samplesOf(sightings: readonly SightingLines[], intervalMinutes: number): UsageSample[] {
  const read = sightings.flatMap(({ manifest, lines }) => {
    const rows = lines.map((line) => ({ line }));
    const row = winner(rows, manifest.endpointId);
    return row ? [{ manifest, row }] : [];
  });
  return read.map((now, index) => {
    const { manifest, row } = now;
    const previous = read[index - 1];
    return {
      slot: manifest.slot,
      at: manifest.f,
      ...present(row, COUNTERS),
      ...(row.status === undefined ? {} : { status: row.status }),
      ...(previous ? { since: passed(previous, now, intervalMinutes) } : {}),
    };
  });
}

/** The last counters known. */
export function totalsOf(samples: readonly UsageSample[]): UsageAnswer['totals'] {
  const last = samples.at(-1);
  return last ? present(last, COUNTERS) : {};
}

function passed(previous: Sighting, now: Sighting, intervalMinutes: number): NonNullable<UsageSample['since']> {
  const [from, to] = [previous.manifest, now.manifest];
  const seconds = Math.max(0, secondsBetween(from.f, to.f));
  // The coverage's gaps are not used: they reach a little beyond the snapshots on both sides.
  const acrossGap = to.entry !== from.entry + 1 || seconds > LATE * 60 * intervalMinutes;
  const differences = COUNTERS.flatMap((name) => {
    const [before, after] = [previous.row[name], now.row[name]];
    return before === undefined || after === undefined ? [] : [[name, after - before] as const];
  });
  const reset = differences.some(([, difference]) => difference < 0n);
  return {
    seconds,
    ...(reset ? { reset } : Object.fromEntries(differences)),
    ...(acrossGap ? { acrossGap } : {}),
  };
}
