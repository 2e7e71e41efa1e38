import type { AdjustableClock } from './clock.ts';
import type { CompanyRecord } from './simulation-record.ts';

/** What fast-forwarding needs. */
export interface FastForwarding {
  readonly company: CompanyRecord;
  /** The first slot to record, as {@link resumeAt} tells. */
  readonly next: Date;
  /** The simulation's clock: it stands still at each slot while that is recorded. */
  readonly clock: AdjustableClock;
  /** Aborted to stop after the recording in progress. */
  readonly signal: AbortSignal;
  /** Makes one recording; throws where it failed, which ends the fast-forward. */
  readonly record: (slot: Date) => Promise<void>;
  /** Told after each recording, with the share of the day that is done, 0 to 1. */
  readonly onSlot: (slot: Date, done: number) => void;
}

/**
 * The slot at which a company's first day is to be recorded on; undefined where it is done. The trail's last slot is done
 * again, since a crash may have left it to some of the endpoints; what the trail has of it is not recorded twice.
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
 * @returns whether it came to the day's end
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
