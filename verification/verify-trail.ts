import type { Item } from '../lambda/dynamodb/connection-item.ts';
import type { StoredEvidence } from '../lambda/dynamodb/evidence-reads.ts';
import { DESCRIPTION, TRAIL } from '../lambda/dynamodb/snapshot-keys.ts';
import { type Archive, CHECKPOINTS, MANIFESTS } from '../lambda/trail/archive.ts';
import { type Assumption, assumptionsOf, OF_CONNECTIONS, OF_COVERAGE, ofProof } from '../lambda/trail/assumptions.ts';
import type { Manifest } from '../lambda/trail/snapshot.ts';
import { isTrailName } from '../lambda/trail/trail-log.ts';
import { compareProjection, type VerifiedEndpoint } from './connections/compare-projection.ts';
import { verifyArchivedExports } from './exports/verify-archived-exports.ts';
import type { Findings } from './findings.ts';
import { judgedArchive } from './judged-archive.ts';
import { type ComparedCheckpoint, compareKept } from './log/kept-checkpoints.ts';
import type { LogEnd } from './log/log-end.ts';
import { verifyArchiveNames } from './log/verify-archive-names.ts';
import { verifyNotes } from './log/verify-notes.ts';
import type { VerifiedTrailLog } from './trail-log/judge-trail-log.ts';
import { readTrailLogs } from './trail-log/read-trail-logs.ts';
import { verifyClaims } from './trail-log/verify-claims.ts';
import { verifyUnnamed } from './trail-log/verify-unnamed.ts';
import { findTrustedKeys, type LogKeyChange, noteKeys, type TrustedKeys } from './trusted-keys.ts';
import {
  type EndpointCounts,
  type EndpointOptions,
  placeOf,
  type VerificationPorts,
  verifyEndpoint,
} from './verify-endpoint.ts';

/** The scope of a verification. */
export interface VerifyOptions extends Omit<EndpointOptions, 'keys'> {
  /** Public keys that the verifier named; none means those in the archive. */
  readonly keys: readonly Uint8Array[];
  readonly endpoints?: readonly string[] | undefined;
}

/** What was looked at. */
export interface VerifyCounts extends EndpointCounts {
  endpoints: number;
  /** Daily exports in the archive. */
  exports: number;
}

/** The outcome; what is wrong went to the findings. */
export interface VerifyOutcome {
  readonly counts: VerifyCounts;
  readonly keys: TrustedKeys;
  readonly keyChanges: readonly LogKeyChange[];
  /** Until when each log that was found goes. */
  readonly logs: readonly LogEnd[];
  /** The checkpoints that somebody kept. */
  readonly kept: readonly ComparedCheckpoint[];
  readonly assumptions: readonly string[];
  /** The log that names all logs; none in a trail of an early version. */
  readonly trails: readonly VerifiedTrailLog[];
}

/** Verifies a trail: its logs against their signatures and the archive, its chunks, and its connections against the logs. */
export async function verifyTrail(given: VerificationPorts, options: VerifyOptions): Promise<VerifyOutcome> {
  const { findings, signal } = given;
  const archive = given.archive && judgedArchive(given.archive, 'archive', findings);
  const ports = { ...given, archive };
  const { store, heads, checkpoints } = await openStore(ports);
  const keys = await findTrustedKeys(options.keys, archive, findings, checkpoints.flatMap(publicKeyOf)[0]);
  const counts = noCounts();
  if (archive && !options.endpoints) counts.exports = await verifyArchivedExports(archive, keys, findings);
  const trails = await readTrailLogs({ ...ports, store }, keys);
  const hasConnections = store !== undefined && (await hasProjection(store, findings));
  const verified = new Map<string, VerifiedEndpoint>();
  for (const endpointId of await findEndpoints([...heads, ...checkpoints], archive, options.endpoints)) {
    signal?.throwIfAborted();
    const verifying = { ...options, keys, endpointId, ports: { ...ports, store }, counts };
    verified.set(endpointId, await verifyEndpoint(verifying, hasConnections));
    counts.endpoints += 1;
  }
  if (store) {
    const those = [...verified.keys(), ...(options.endpoints ? [] : [undefined, TRAIL])];
    await verifyNotes(store, heads, those, findings);
  }
  if (counts.entries > 0 && keys.publicKeys.length === 0) {
    const message = 'There is no public key to check signatures with. Name it with --key.';
    findings.fault({ kind: 'key-missing', place: 'archive', message });
  }
  const place = store ? 'store' : 'archive';
  const named = new Map([...verified].map(([endpointId, { log }]) => [endpointId, log]));
  verifyClaims(trails, named, { place, isAll: options.endpoints === undefined }, findings);
  // An archive that several trails share has logs of each.
  if (trails.length === 1) for (const trail of trails) await verifyUnnamed(trail, named, store, findings);
  const isAll = !options.endpoints && options.since === undefined && options.until === undefined;
  if (archive && isAll) {
    const logs = new Map([...verified].map(([endpointId, { manifests }]) => [endpointId, manifests]));
    await verifyArchiveNames(archive, store, logs, findings);
  }
  if (store && hasConnections) await compareProjection({ ...ports, store }, verified, options.endpoints === undefined);
  const keyChanges = noteKeys(verified, keys, isAll, findings);
  const gone = (options.kept ?? []).filter(({ endpointId }) => !verified.has(endpointId));
  const kept = [...Map.groupBy(gone, ({ endpointId }) => endpointId)].flatMap(([id, ones]) =>
    compareKept(
      ones,
      trails.find(({ name }) => name === id),
      keys,
      placeOf({ store }),
      findings,
    ),
  );
  const all = [...verified.values()];
  return {
    counts,
    keys,
    keyChanges,
    logs: all.map(({ end }) => end),
    kept: [...all.flatMap((one) => one.kept), ...kept],
    trails,
    assumptions: assumedBy(
      all.flatMap(({ manifests }) => manifests),
      keys,
      counts,
    ),
  };
}

/** What the verdict rests on. */
function assumedBy(manifests: readonly Manifest[], { isPinned }: TrustedKeys, counts: VerifyCounts): string[] {
  const used: Assumption[] = [
    ...OF_COVERAGE,
    ...(manifests.some(({ closedBecause }) => closedBecause === 'endpoint-deleted') ? (['deleted'] as const) : []),
    ...(counts.compared + counts.partly > 0 ? OF_CONNECTIONS : []),
    ...ofProof(isPinned),
    ...(counts.expired > 0 ? (['ownClock'] as const) : []),
  ];
  return assumptionsOf(
    used,
    manifests.map(({ epsilonSeconds }) => epsilonSeconds),
  );
}

const noCounts = (): VerifyCounts => ({
  endpoints: 0,
  entries: 0,
  anchored: 0,
  gaps: 0,
  exports: 0,
  verified: 0,
  expired: 0,
  compared: 0,
  partly: 0,
});

/** If the store has no evidence at all, only that is reported; the archive is still verified. */
async function openStore({ store, findings }: VerificationPorts) {
  const nothing = { store: undefined, heads: [], checkpoints: [] };
  if (!store) return nothing;
  try {
    return { store, heads: await store.readHeads(), checkpoints: await store.readCheckpoints() };
  } catch (error) {
    if (!isNoTable(error)) throw error;
    const message = 'The Snapshots table is not there; cvpn-audit recover makes it again from the archive.';
    findings.fault({ kind: 'table-removed', place: 'store', message });
    return nothing;
  }
}

async function hasProjection(store: StoredEvidence, findings: Findings): Promise<boolean> {
  try {
    await store.readWatermark('');
    return true;
  } catch (error) {
    if (!isNoTable(error)) throw error;
    const message = 'The Connections table is not there; cvpn-audit rebuild makes it again from the log.';
    findings.fault({ kind: 'table-removed', place: 'store', message });
    return false;
  }
}

/** ResourceNotFoundException: the table does not exist. */
function isNoTable(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}

function publicKeyOf({ publicKey }: Item): Uint8Array[] {
  return publicKey instanceof Uint8Array && publicKey.length === 32 ? [publicKey] : [];
}

/** Endpoints with a head or a checkpoint in the store, or any object in the archive: a log without a head still counts. */
async function findEndpoints(
  items: readonly Item[],
  archive: Archive | undefined,
  wanted: readonly string[] | undefined,
): Promise<string[]> {
  const found = new Set(items.map(({ slot }) => String(slot)).filter((slot) => !slot.endsWith(DESCRIPTION)));
  for (const folder of [MANIFESTS, CHECKPOINTS]) {
    for await (const key of archive?.list(folder) ?? []) {
      const [, endpointId = '', ...rest] = key.split('/');
      if (rest.length > 0 && !isTrailName(endpointId)) found.add(endpointId);
    }
  }
  return [...found].filter((endpointId) => wanted?.includes(endpointId) ?? true).sort();
}
