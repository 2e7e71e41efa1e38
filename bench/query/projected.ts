import type { Connection } from '../../lambda/trail/connection.ts';
import { LISTED_AFTER_END_SECONDS, listedSince } from '../../lambda/trail/coverage.ts';
import { foldInferredEnd, foldSighting, type Sighting } from '../../lambda/trail/fold.ts';
import { readRow } from '../../lambda/trail/row.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import { simulatedRow } from '../../local/simulated-client-vpn/company/connection-row.ts';
import { trafficOf } from '../../local/simulated-client-vpn/company/traffic.ts';
import { endpointOf } from './company.ts';
import type { Visit } from './history.ts';
import { begunAt, entryAt, OUTAGE, type Recording, slotFrom } from './recording.ts';
import { DAY } from './visits.ts';

/** The row that AWS gives of a connection, as stored in a snapshot begun at an instant (seconds since 1970). */
export function rowAt(visit: Visit, at: number) {
  const traffic = trafficOf(visit.connectionId, visit.person.traffic);
  return simulatedRow({ ...visit, endpoint: endpointOf(visit.person), traffic }, at);
}

/** The connection as recording it every five minutes leaves it: what the trail's own folds make of its rows. */
export function projectVisit(visit: Visit, recording: Recording): Connection {
  const { start, end, connectionId } = visit;
  const seen = slotFrom(recording, start);
  if (seen === undefined) throw new RangeError(`${connectionId} is in no snapshot`);
  const first = foldSighting(undefined, connectionId, sightingAt(visit, recording, seen), undefined);
  if (end <= begunAt(seen)) return first;
  const over = slotFrom(recording, end);
  if (over === undefined) return projectOpen(visit, recording, first);
  if (begunAt(over) < end + LISTED_AFTER_END_SECONDS) {
    return foldSighting(first, connectionId, sightingAt(visit, recording, over), undefined);
  }
  // It ended in the outage, too early to be listed after it.
  const { manifest } = sightingAt(visit, recording, over);
  const latest = listedSince(manifest.f, manifest.epsilonSeconds);
  return foldInferredEnd(first, sightingAt(visit, recording, OUTAGE.before), latest, manifest);
}

/** One that goes on is written again when it is 24 hours old. */
function projectOpen(visit: Visit, recording: Recording, first: Connection): Connection {
  const grown = slotFrom(recording, visit.start + DAY);
  if (grown === undefined) return first;
  return foldSighting(first, visit.connectionId, sightingAt(visit, recording, grown), undefined);
}

function sightingAt(visit: Visit, recording: Recording, slot: number): Sighting {
  const { id } = endpointOf(visit.person);
  return {
    row: readRow(rowAt(visit, begunAt(slot)), id),
    manifest: entryAt(recording, id, slot) as Manifest,
  };
}
