import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MOST_ROWS } from '../../lambda/query/parameters/definitions.ts';
import { askTrail } from '../../lambda/query/schemas/ask-trail.ts';
import type { ConnectionAnswer } from '../../lambda/query/schemas/connection.ts';
import { type EndpointAnswer, type SnapshotsAnswer, snapshotsAnswer } from '../../lambda/query/schemas/trail.ts';
import { LARGEST_UNPACKED_BYTES } from '../../lambda/trail/chunks.ts';
import { COUNTERS } from '../../lambda/trail/connection-members.ts';
import type { Elements } from '../../lambda/trail/element.ts';
import { parseLine } from '../../lambda/trail/snapshot.ts';
import { addSeconds, type Instant, secondsBetween } from '../../lambda/trail/time.ts';
import type { ScreenPorts } from '../ports.ts';
import { addressOf } from '../question.ts';

/** Bytes a second of a connection, by AWS's names: ingress is sent by the client, egress is received by it. */
export interface Speed {
  readonly ingressBytes: number;
  readonly egressBytes: number;
}

/** How an endpoint goes on, from its last recordings. */
export interface Pace {
  /** When the next recording is expected: as long after the last as that was after the one before. */
  readonly next?: Instant;
  /** The time between the two newest recordings that speeds are means of. */
  readonly between?: readonly [Instant, Instant];
  /** By connection id; those whose speed is not known are not in it. */
  readonly speeds: ReadonlyMap<string, Speed>;
  /** Why there are no speeds. */
  readonly unknown?: string;
}

/** Recordings that are further apart say nothing of how fast it is now; AWS's list reaches back as far. */
const LOOK_BACK_SECONDS = 65 * 60;
/** A chunk holds up to 6,000 rows. Who has more connected than these hold sees no speeds, rather than wait. */
const MOST_CHUNKS = 4;

type Snapshot = SnapshotsAnswer['snapshots'][number];

/**
 * How fast an endpoint's connections are: the difference of their counters in the two newest snapshots (ADR 42). It asks for the
 * list of the last hour's snapshots, and for the chunks of the one before the newest: the newest's counters are in the answer.
 *
 * @param connections of this endpoint, as `GET /connections?at=now` answered
 */
export async function askPace(
  { ask }: ScreenPorts,
  { endpointId, lastSlot }: EndpointAnswer,
  connections: readonly ConnectionAnswer[],
): Promise<Pace> {
  const none = new Map<string, Speed>();
  if (lastSlot === undefined) return { speeds: none };
  const parameters = {
    endpoint: endpointId,
    since: addSeconds(lastSlot, -LOOK_BACK_SECONDS),
    limit: String(MOST_ROWS),
  };
  const { snapshots } = await askTrail(ask, addressOf('/snapshots', parameters), snapshotsAnswer);
  const recorded = snapshots.filter(({ kind }) => kind === 'snapshot');
  const [newest, before] = recorded.toReversed();
  if (!newest || !before) return { speeds: none, unknown: 'there is one recording in the last hour' };
  const next = addSeconds(newest.slot, usualStep(recorded));
  const shown = connections.filter(({ lastSlot }) => lastSlot === newest.slot);
  if (before.chunks > MOST_CHUNKS) {
    return { next, speeds: none, unknown: `there are more than ${MOST_CHUNKS * 6000} rows to compare` };
  }
  const earlier = await readCounters(
    { ask },
    endpointId,
    before,
    new Set(shown.map(({ connectionId }) => connectionId)),
  );
  const speeds = shown.flatMap((row): [string, Speed][] => {
    const speed = speedOf(row, earlier.get(row.connectionId), before.f, newest.f);
    return speed ? [[row.connectionId, speed]] : [];
  });
  return { next, between: [before.f, newest.f], speeds: new Map(speeds) };
}

/** The shortest of the last steps: a missed recording makes a longer one. */
function usualStep(recorded: readonly Snapshot[]): number {
  const last = recorded.slice(-4);
  return Math.min(...last.slice(1).map(({ slot }, index) => secondsBetween(last[index]?.slot ?? slot, slot)));
}

type Counters = Pick<ConnectionAnswer, 'ingressBytes' | 'egressBytes'>;

/** One that began between the two is known from its beginning on. */
function speedOf(row: ConnectionAnswer, earlier: Counters | undefined, from: Instant, to: Instant): Speed | undefined {
  const isNew = earlier === undefined && row.establishedAt > from && !row.establishedAtIsFirstSight;
  const seconds = secondsBetween(isNew ? row.establishedAt : from, to);
  if ((earlier === undefined && !isNew) || seconds <= 0) return undefined;
  const passed = (name: keyof Counters) => {
    const [now, then] = [row[name], isNew ? 0 : earlier?.[name]];
    return now === undefined || then === undefined ? Number.NaN : Number(BigInt(now) - BigInt(then)) / seconds;
  };
  const speed = { ingressBytes: passed('ingressBytes'), egressBytes: passed('egressBytes') };
  // A counter that went back, or is not there, tells nothing.
  return speed.ingressBytes >= 0 && speed.egressBytes >= 0 ? speed : undefined;
}

const unpack = promisify(gunzip);

/** The counters that a snapshot has for these connections. */
async function readCounters(
  { ask }: Pick<ScreenPorts, 'ask'>,
  endpointId: string,
  { slot, chunks }: Snapshot,
  wanted: ReadonlySet<string>,
): Promise<Map<string, Counters>> {
  const paths = Array.from({ length: chunks }, (_, n) => `/snapshots/${endpointId}/${slot}/chunks/${n}`);
  const found = new Map<string, Counters>();
  await Promise.all(
    paths.map(async (path) => {
      const answer = await ask(path);
      // Expired, or refused: what is not known is said to be so.
      if (!answer.ok) return;
      const lines = await unpack(await answer.arrayBuffer(), { maxOutputLength: LARGEST_UNPACKED_BYTES });
      for (const line of lines.toString('utf8').split('\n')) {
        if (line === '') continue;
        const row = parseLine(line);
        if (typeof row.connectionId === 'string' && wanted.has(row.connectionId))
          found.set(row.connectionId, countersOf(row));
      }
    }),
  );
  return found;
}

function countersOf(row: Elements): Counters {
  const counters = COUNTERS.map((name) => [name, row[name]] as const);
  return Object.fromEntries(
    counters.flatMap(([name, text]) =>
      typeof text === 'string' && /^\d{1,38}$/.test(text) ? [[name, BigInt(text)]] : [],
    ),
  );
}
