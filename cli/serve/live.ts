import { setTimeout as pause } from 'node:timers/promises';
import { toInstant } from '../../lambda/trail/time.ts';
import { toError } from '../../lambda/trail/to-error.ts';
import { nextSlot, runSchedule, slotAt, unlessAhead } from '../../local/recording-schedule.ts';
import { failureLines, recordingLine } from '../recording-line.ts';
import { sayWhatCredentialsLack } from './say-credentials.ts';
import { recordFirst, type Serving } from './serving.ts';

/** How long a stop waits for the recording in progress; after that, the next start completes it. */
const GRACE_MILLISECONDS = 10_000;

/**
 * Records on schedule until it is stopped, and shows each recording.
 *
 * @param after - the trail's last slot
 * @throws Error where the embedded DynamoDB ends by itself
 */
export async function serveLive(serving: Serving, after: Date | undefined): Promise<void> {
  const { source, every, signal, store, terminal } = serving;
  const now = source.clock.now();
  const last = unlessAhead(after, now);
  if (last && slotAt(now, every) <= last) {
    terminal.line(`The next recording is at ${toInstant(nextSlot(now, every, last))}.`);
  }
  const engineFailure = store.ended.then((words) => {
    throw new Error(
      `The embedded DynamoDB ended by itself: ${words}\nThe trail is in ${store.location}. Start again to go on with it.`,
    );
  });
  await Promise.race([
    runSchedule({ clock: source.clock, every, after, signal, record: (slot) => recordAndShow(serving, slot) }),
    graceAfter(signal),
    engineFailure,
  ]);
}

async function recordAndShow(serving: Serving, slot: Date): Promise<void> {
  const { terminal, source, every } = serving;
  const moment = toInstant(slot);
  try {
    const summaries = await recordFirst(serving, slot, {
      // Simulated time may run so fast that its interval is no time for a recording.
      ...(source.simulated ? {} : { deadline: new Date(source.clock.now().getTime() + every) }),
      onOutcome: (outcome) => terminal.line(...recordingLine(moment, outcome)),
    });
    for (const line of summaries.flatMap(failureLines)) terminal.line(...line);
    // The schedule does not wait for it: a person may be asked for a code.
    void sayWhatCredentialsLack(summaries, source.places, terminal);
    if (summaries.every(({ endpoints, failures }) => endpoints.length === 0 && failures.length === 0)) {
      const regions = source.places.map(({ region }) => region).join(', ');
      terminal.line(`${moment}  there is no Client VPN endpoint in ${regions}`);
    }
  } catch (error) {
    // The next slot may succeed: a recorder that gave up would lose what AWS forgets meanwhile.
    terminal.line(`${moment}  `, `not recorded: ${toError(error).message}`);
  }
}

async function graceAfter(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await pause(GRACE_MILLISECONDS, undefined, { ref: false });
}
