import type { DynamoDbLogReads } from '../../dynamodb/log-reads.ts';
import type { DynamoDbTrailReads } from '../../dynamodb/trail-reads.ts';
import type { Archive } from '../../trail/archive.ts';
import type { Head } from '../../trail/head.ts';
import type { SnapshotLog } from '../../trail/ports.ts';
import type { Manifest } from '../../trail/snapshot.ts';
import { addSeconds, earlier, toInstant } from '../../trail/time.ts';
import { dayAfter, dayOf, daysBefore } from './calendar-day.ts';
import { readDoneDays } from './day-objects.ts';

interface DueDayPorts {
  readonly log: Pick<SnapshotLog, 'readManifest'>;
  readonly logReads: Pick<DynamoDbLogReads, 'readEntries' | 'readCheckpoint'>;
  readonly reads: Pick<DynamoDbTrailReads, 'readWatermark'>;
  readonly archive: Archive;
}

/**
 * How late an entry may follow one that closed the log: the schedule delivers its event within an interval (15 minutes at most), and
 * Lambda retries twice within minutes.
 */
const LATE_SECONDS = 3600;

/**
 * The `days` that are due, oldest first: past at `at`, complete in the log, projected and signed, and not in the archive yet;
 * and how many later ones are `waiting`, and why.
 *
 * A day is complete once a later entry begins at least epsilon after its end: no entry can be added to it, and AWS has listed all its
 * events. The last day of a closed log is the day of its closing.
 */
export async function readDueDays(ports: DueDayPorts, head: Head, at: Date) {
  const { endpointId } = head;
  const [first] = await ports.logReads.readEntries(endpointId, { limit: 1 });
  if (!first) return { endpointId, days: [], waiting: 0 };
  const done = await readDoneDays(ports.archive, endpointId);
  const reached = await readReached(ports, head);
  const isClosed = head.state === 'closed' && reached?.entry === head.entry;
  const last = isClosed ? dayAfter(dayOf(head.slot)) : '~';
  const end = earlier(dayOf(toInstant(at)), last);
  const known = isClosed
    ? dayOf(addSeconds(toInstant(at), -LATE_SECONDS))
    : reached
      ? earlier(dayOf(reached.slot), dayOf(addSeconds(reached.s, -reached.epsilonSeconds)))
      : '';
  const days = daysBefore(end, dayOf(first.slot)).filter((day) => !done.has(day));
  const due = days.filter((day) => day < known);
  const [next, ...later] = days.slice(due.length);
  if (next === undefined) return { endpointId, days: due, waiting: 0 };
  const through = reached?.f ? `the last one is of ${reached.f}` : 'there is none';
  const waits = `${next} waits for a later snapshot that is projected and signed; ${through}`;
  return { endpointId, days: due, waiting: later.length + 1, waits };
}

/** The last entry that is both projected and signed. */
async function readReached({ log, logReads, reads }: DueDayPorts, head: Head): Promise<Manifest | undefined> {
  const [mark, checkpoint] = await Promise.all([
    reads.readWatermark(head.endpointId),
    logReads.readCheckpoint(head.endpointId),
  ]);
  if (!mark || !checkpoint) return undefined;
  return log.readManifest(head.endpointId, earlier(earlier(mark.slot, checkpoint.slot), head.slot));
}
