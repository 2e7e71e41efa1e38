import { MOST_OTHERS } from '../../../lambda/export/request.ts';
import { type Instant, secondsBetween } from '../../../lambda/trail/time.ts';
import { readSpool } from '../write-format.ts';
import type { EvidenceReach, EvidenceStretch } from './stretch.ts';

/** The sights of the spool's rows outside all ranges. Read again each time, because the rows may not fit into memory. */
export async function* sightsOutside(
  spool: string,
  stretches: ReadonlyMap<string, EvidenceStretch>,
): AsyncGenerator<{ readonly connectionId: string; readonly stretch: EvidenceStretch; readonly slot: Instant }> {
  for await (const rows of readSpool(spool)) {
    for (const row of rows) {
      const stretch = stretches.get(row.endpointId);
      if (!stretch) continue;
      for (const slot of new Set([row.firstSlot, row.lastSlot])) {
        if (slot !== undefined && !stretch.holds(slot)) yield { connectionId: row.connectionId, stretch, slot };
      }
    }
  }
}

/** The slots outside, by endpoint. */
export async function slotsOutside(
  spool: string,
  stretches: ReadonlyMap<string, EvidenceStretch>,
): Promise<Map<string, Set<Instant>>> {
  const slots = new Map([...stretches.keys()].map((endpointId) => [endpointId, new Set<Instant>()]));
  for await (const { stretch, slot } of sightsOutside(spool, stretches)) slots.get(stretch.endpointId)?.add(slot);
  return slots;
}

/**
 * How far a range must reach so that at most its share of single entries stays outside: each of those needs its own proof,
 * while entries of a range need none. Undefined if it reaches far enough.
 */
export function widerReach(
  stretch: Pick<EvidenceStretch, 'slots' | 'reach'>,
  outside: ReadonlySet<Instant>,
  endpoints: number,
): EvidenceReach | undefined {
  const excess = outside.size - Math.floor(MOST_OTHERS / endpoints);
  if (excess <= 0) return undefined;
  const { from, to } = stretch.slots;
  const distance = (slot: Instant) => (slot < from ? secondsBetween(slot, from) : secondsBetween(to, slot));
  const nearest = [...outside].sort((one, other) => distance(one) - distance(other)).slice(0, excess);
  const before = nearest.filter((slot) => slot < from).sort()[0];
  const after = nearest
    .filter((slot) => slot > to)
    .sort()
    .at(-1);
  return { from: before ?? stretch.reach.from, until: stretch.reach.until, through: after ?? stretch.reach.through };
}
