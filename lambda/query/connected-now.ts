import { skewOf } from '../trail/clocks.ts';
import { isProof } from '../trail/log.ts';
import { mayHaveHad } from '../trail/networks.ts';
import { present } from '../trail/present.ts';
import type { Manifest } from '../trail/snapshot.ts';
import { addSeconds, earliest, type Instant, toInstant } from '../trail/time.ts';
import { type CoveragePorts, reachOf } from './endpoint-coverage.ts';
import type { AskedEndpoints, EndpointState } from './endpoint-state.ts';
import { missingFrom } from './missing-now.ts';
import { readSnapshotManifest } from './newest-snapshot.ts';
import type { AnswerCoverage, GapAnswer } from './schemas/coverage.ts';
import { type Filters, passesFilters } from './search/matching.ts';
import type { Match } from './search/search.ts';
import { startOf } from './search/walk.ts';
import { openConnections, rowsById } from './snapshot-connections.ts';
import { gapsOfUnlisted, readUnlisted } from './unlisted-targets.ts';

/** Who is connected according to the newest snapshots: newest established first. */
interface ConnectedNow {
  readonly matches: readonly Match[];
  /** The slots of the snapshots, by endpoint. */
  readonly slots: Readonly<Record<string, Instant>>;
  /** From the first request of the first of the snapshots to the last answer of the last. */
  readonly window: { readonly since: Instant; readonly until: Instant };
  readonly coverage: AnswerCoverage;
}

/**
 * Who is connected now: the connections that the newest snapshot of each recorded endpoint lists as not ended. It reads
 * only that snapshot, and no index (ADR 13), unless some are missing in it without a proof of their end: these are possible (ADR 29).
 *
 * @param asked which endpoints were asked for
 * @param slots the snapshots of an earlier page, so that all pages use the same ones
 */
export async function connectedNow(
  ports: CoveragePorts,
  states: readonly EndpointState[],
  asked: AskedEndpoints,
  filters: Filters,
  slots: Readonly<Record<string, Instant>> = {},
): Promise<ConnectedNow> {
  const now = ports.now();
  const open = states.filter(({ head }) => head?.state === 'open');
  const manifests = await Promise.all(
    open.map(({ endpointId, head }) =>
      readSnapshotManifest(ports.reads, endpointId, slots[endpointId] ?? head?.slot ?? '', now),
    ),
  );
  const found = manifests.filter((manifest) => manifest !== undefined);
  const passes = passesFilters(filters);
  const matches = await Promise.all(
    found.filter(mayListAddresses(filters.ip, states)).map(async (manifest): Promise<Match[]> => {
      const rows = await rowsById(ports.reads, manifest);
      const state = open.find(({ endpointId }) => endpointId === manifest.endpointId);
      const missing = state ? await missingFrom(ports, state, rows) : [];
      return [
        ...openConnections(manifest, rows).map((connection) => ({ connection, possible: false })),
        ...missing.map((connection) => ({ connection, possible: true })),
      ];
    }),
  );
  return {
    matches: matches
      .flat()
      .filter(({ connection }) => passes(connection))
      .sort((one, other) => (startOf(one.connection) < startOf(other.connection) ? 1 : -1)),
    slots: Object.fromEntries(found.map(({ endpointId, slot }) => [endpointId, slot])),
    window: windowOf(found, toInstant(now)),
    coverage: await coverNow(ports, states, asked, found),
  };
}

/** Whether a snapshot may list one of the addresses: those of what is projected are known by their networks (ADR 30). */
function mayListAddresses(ips: readonly string[], states: readonly EndpointState[]) {
  return ({ endpointId, entry }: Manifest): boolean => {
    const mark = states.find((state) => state.endpointId === endpointId)?.watermark;
    if (ips.length === 0 || !mark || mark.entry < entry) return true;
    return ips.some((ip) => mayHaveHad(mark.networks, ip));
  };
}

function windowOf(manifests: readonly Manifest[], now: Instant): ConnectedNow['window'] {
  const starts = manifests.map(({ s }) => s).sort();
  const ends = manifests.map(({ f }) => f).sort();
  return { since: starts[0] ?? now, until: ends.at(-1) ?? now };
}

/** If two later snapshots are missing, a snapshot says who was connected then, not now. */
async function coverNow(
  ports: CoveragePorts,
  states: readonly EndpointState[],
  asked: AskedEndpoints,
  manifests: readonly Manifest[],
): Promise<AnswerCoverage> {
  const now = toInstant(ports.now());
  const { INTERVAL_MINUTES, EPSILON_SECONDS } = ports.settings;
  const reaches = await Promise.all(states.map((state) => reachOf(ports, state)));
  const unlisted = await readUnlisted(ports, states, asked);
  const gaps = reaches.flatMap(({ state: { endpointId, head }, ongoing }): GapAnswer[] => {
    if (ongoing) return [ongoing];
    return head ? [] : [{ endpointId, start: now, end: now, reasons: ['before-first-snapshot'] }];
  });
  if (states.length === 0) gaps.push({ start: now, end: now, reasons: ['nothing-recorded'] });
  gaps.push(...(await gapsOfUnlisted(ports, unlisted, { until: now })));
  const oldest = earliest(manifests.map(({ f }) => f));
  // By either clock: which of them tells what now is is not known (ADR 31).
  const taken = earliest(
    manifests.flatMap((manifest) => {
      const { f, ownF, epsilonSeconds } = manifest;
      return Math.abs(skewOf(manifest) ?? 0) > epsilonSeconds ? [f, ownF] : [f];
    }),
  );
  const isRecent = taken === undefined || addSeconds(taken, 2 * 60 * INTERVAL_MINUTES + EPSILON_SECONDS) >= now;
  const isWhole = manifests.every(isProof);
  // What vanished in the entries between is not known yet.
  const isNear = states.every(({ head, watermark }) => !head || !watermark || head.entry - watermark.entry <= 1);
  const pendingSince = earliest([
    ...reaches.map((reach) => (reach.ongoing ? undefined : reach.pendingSince)),
    ...unlisted.map((target) => target.pendingSince),
  ]);
  return {
    complete: gaps.length === 0 && isRecent && isWhole && isNear,
    gaps,
    ...present({ projectedThrough: oldest, pendingSince }),
  };
}
