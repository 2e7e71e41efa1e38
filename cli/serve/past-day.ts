import { performance } from 'node:perf_hooks';
import { toInstant } from '../../lambda/trail/time.ts';
import { fastForward, resumeAt } from '../../local/fast-forward.ts';
import type { CompanyRecord } from '../../local/simulation-record.ts';
import { recordFirst, type Serving } from './serving.ts';

/**
 * Records the simulated company's first day, or what an interrupted start left of it, and shows how far it is.
 *
 * @param last - the trail's last slot
 * @throws Error where a recording failed; the next start goes on there
 */
export async function servePastDay(serving: Serving, company: CompanyRecord, last: Date | undefined): Promise<void> {
  const { source, terminal, signal } = serving;
  const next = resumeAt(company, last);
  if (next === undefined) return;
  const to = toInstant(new Date(company.fastForward.to));
  terminal.line(`Fast-forward: recording the simulated day from ${toInstant(next)} to ${to}, in order.`);
  const [begun, total] = [performance.now(), { recordings: 0, listed: 0, opened: 0 }];
  const recordSlot = async (slot: Date) => {
    const summaries = await recordFirst(serving, slot);
    const [failure] = summaries.flatMap(({ failures }) => failures);
    if (failure) throw new Error(`The fast-forward stopped at ${toInstant(slot)}: ${failure.message}`);
    total.recordings += 1;
    total.listed = 0;
    for (const { connections, opened } of summaries) {
      total.listed += connections;
      total.opened += opened;
    }
  };
  const onSlot = (slot: Date, done: number) => {
    const percent = String(Math.floor(done * 100)).padStart(3);
    terminal.progress(
      done,
      `${percent} %  ${toInstant(slot)}  ${total.listed} connections listed, ${total.opened} new`,
    );
  };
  const isDone = await fastForward({ company, next, clock: source.clock, signal, record: recordSlot, onSlot });
  const seconds = Math.round((performance.now() - begun) / 1000);
  terminal.line(
    isDone
      ? `Fast-forward done: ${total.recordings} recordings, ${total.opened} new connections, in ${seconds} s.`
      : 'Fast-forward interrupted; the next start goes on from here.',
  );
}
