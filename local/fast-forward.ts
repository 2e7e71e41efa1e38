import type { AdjustableClock } from './clock.ts';
import type { CompanyRecord } from './simulation-record.ts';

interface FastForwarding {
  readonly company: CompanyRecord;
  /** The first slot to record, from {@link resumeAt}. */
  readonly next: Date;
  /** The simulation's clock: it stops at each slot during its recording. */
  readonly clock: AdjustableClock;
  /** Aborted to stop after the recording in progress. */
  readonly signal: AbortSignal;
  /** Makes one recording; throws if it failed, which ends the fast-forward. */
  readonly record: (slot: Date) => Promise<void>;
  /** Called after each recording, with the finished share of the day, 0 to 1. */
  readonly onSlot: (slot: Date, done: number) => void;
}

/**
 * The slot from which to continue recording a company's first day; undefined if it is done. The trail's last slot is repeated,
 * because after a crash some endpoints may lack it; nothing is recorded twice.
 *
 * @param last - the trail's last slot; undefined for an empty trail
 */
export function resumeAt({ fastForward }: CompanyRecord, last: Date | undefined): Date | undefined {
  if (last === undefined) return new Date(fastForward.from);
  if (last >= new Date(fastForward.to)) return undefined;
  const step = fastForward.stepSeconds * 1000;
  return new Date(Math.ceil(last.getTime() / step) * step);
}

/**
 * Records the company's first day slot by slot, in order.
 *
 * @returns whether it reached the day's end
 */
export async function fastForward(work: FastForwarding): Promise<boolean> {
  const { company, next, clock, signal, record, onSlot } = work;
  const [first, last] = [Date.parse(company.fastForward.from), Date.parse(company.fastForward.to)];
  const step = company.fastForward.stepSeconds * 1000;
  for (let time = next.getTime(); time <= last; time += step) {
    if (signal.aborted) return false;
    const slot = new Date(time);
    clock.hold(slot);
    await record(slot);
    onSlot(slot, (time + step - first) / (last + step - first));
  }
  return true;
}
