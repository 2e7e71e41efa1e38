import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbProjection } from '../../dynamodb/dynamodb-projection.ts';
import { DynamoDbSnapshotLog } from '../../dynamodb/dynamodb-snapshot-log.ts';
import { routePortsOf } from '../../query/query-ports.ts';
import type { Archive } from '../../trail/archive.ts';
import type { Signer } from '../../trail/signed-note.ts';
import { toError } from '../../trail/to-error.ts';
import type { ExportSettings } from '../env.ts';
import type { Day } from './calendar-day.ts';
import { readDueDays } from './due-days.ts';
import { type DayPorts, exportDay } from './export-day.ts';

/** The ports of the daily export. */
export interface DailyExportPorts {
  readonly documents: DynamoDBDocumentClient;
  readonly archive: Archive;
  readonly signer: Signer;
  readonly now: () => Date;
}

/** One run of the daily export. */
export interface DailyExportRun {
  /** The scheduled time: days before its day (UTC) are exported. */
  readonly at: Date;
  /** No day begins after it; the next run continues. */
  readonly deadline: Date;
  readonly onNote: (text: string) => void;
}

/**
 * Writes each day of each endpoint's log that is known and not in the archive yet, oldest first: the connections that changed on that
 * day, as they were after its last entry. What changes later is in the file of the day it changes; nothing is ever written over.
 *
 * @returns how many were exported, and how many are left to the next run: not known yet, or out of time
 * @throws AggregateError after all other days, where some could not be exported
 */
export async function exportDays(ports: DailyExportPorts, settings: ExportSettings, run: DailyExportRun) {
  const dayPorts = dayPortsOf(ports, settings);
  const { due, waiting } = await findDueDays(dayPorts, run);
  const failures: Error[] = [];
  const expired = new Map<string, Day[]>();
  let [days, left] = [0, due.length];
  for (const { endpointId, day } of due) {
    if (ports.now() >= run.deadline) {
      run.onNote(`the time is up; ${left} days are left to the next run, from ${day} on`);
      break;
    }
    left--;
    try {
      const outcome = await exportDay(dayPorts, endpointId, day);
      if (outcome === 'expired') expired.set(endpointId, [...(expired.get(endpointId) ?? []), day]);
      else days++;
    } catch (error) {
      failures.push(new Error(`${day} of ${endpointId}: ${toError(error).message}`, { cause: error }));
    }
  }
  for (const [endpointId, all] of expired) {
    run.onNote(`${endpointId}: ${all.length} days had expired before they were exported: ${all[0]} to ${all.at(-1)}`);
  }
  if (failures.length > 0) throw failed(failures, days);
  return { days, waiting: waiting + left };
}

function dayPortsOf({ documents, archive, signer, now }: DailyExportPorts, settings: ExportSettings): DayPorts {
  const onError = () => undefined;
  return {
    routes: routePortsOf({ documents, settings, now, onError }),
    sources: {
      log: new DynamoDbSnapshotLog(documents, settings.SNAPSHOTS_TABLE),
      projection: new DynamoDbProjection(documents, settings.CONNECTIONS_TABLE),
      now,
    },
    archive,
    signer,
  };
}

/** Of all endpoints, oldest first: one with many days to make up for does not hold up the others. */
async function findDueDays(
  { routes, sources, archive }: DayPorts,
  { at, onNote }: DailyExportRun,
): Promise<{ due: { endpointId: string; day: Day }[]; waiting: number }> {
  const { reads, log: logReads } = routes;
  const due: { endpointId: string; day: Day }[] = [];
  let waiting = 0;
  for (const { endpointId, head } of await reads.readEndpoints()) {
    if (!head) continue;
    const found = await readDueDays({ log: sources.log, logReads, reads, archive }, head, at);
    due.push(...found.days.map((day) => ({ endpointId, day })));
    waiting += found.waiting;
    if (found.waits !== undefined) onNote(`${endpointId}: ${found.waits}`);
  }
  due.sort((one, other) => (one.day < other.day ? -1 : Number(one.day > other.day)));
  return { due, waiting };
}

function failed(failures: readonly Error[], days: number): AggregateError {
  const reasons = failures.map(({ message }) => message).join('; ');
  return new AggregateError(failures, `${failures.length} days were not exported (${days} were): ${reasons}`);
}
