import type { Item } from '../../lambda/dynamodb/connection-item.ts';
import { watermarkId } from '../../lambda/dynamodb/dynamodb-projection.ts';
import type { StoredEvidence } from '../../lambda/dynamodb/evidence-reads.ts';
import { isCount } from '../../lambda/trail/judged.ts';
import type { Manifest } from '../../lambda/trail/snapshot.ts';
import type { FaultKind, Findings } from '../findings.ts';
import type { ComparedCheckpoint } from '../log/kept-checkpoints.ts';
import type { KeyHistory } from '../log/key-history.ts';
import type { LogEnd } from '../log/log-end.ts';
import type { NamedLog } from '../trail-log/verify-claims.ts';
import type { ConnectionComparison } from './connection-comparison.ts';

const WATERMARK = watermarkId('');

/** The outcome of an endpoint's verification. */
export interface VerifiedEndpoint {
  readonly log: NamedLog;
  readonly manifests: readonly Manifest[];
  readonly end: LogEnd;
  readonly keys: KeyHistory;
  /** The checkpoints of it that somebody kept. */
  readonly kept: readonly ComparedCheckpoint[];
  /** The expected connections of the store; undefined without a store. */
  readonly comparison: ConnectionComparison | undefined;
}

interface ProjectionPorts {
  readonly store: StoredEvidence;
  readonly findings: Findings;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares all stored connections with those that the logs give.
 *
 * @param isAll whether all logs were verified: then each connection must be of one of them
 */
export async function compareProjection(
  { store, findings, signal }: ProjectionPorts,
  endpoints: ReadonlyMap<string, VerifiedEndpoint>,
  isAll: boolean,
): Promise<void> {
  const comparisons = new Map<string, ConnectionComparison>();
  for (const [endpointId, { comparison }] of endpoints) if (comparison) comparisons.set(endpointId, comparison);
  const strays = new Strays(isAll ? findings : undefined);
  let read = 0;
  for await (const items of store.scanConnections()) {
    signal?.throwIfAborted();
    for (const item of items) {
      if (String(item.connectionId).startsWith('#')) strays.takeMark(item, comparisons);
      else (comparisonOf(item, comparisons) ?? strays).take(item);
    }
    read += items.length;
    findings.progress(`${read} connections compared with the log`);
  }
  await strays.report(store);
  for (const [endpointId, comparison] of comparisons) {
    const newest = Math.max(
      endpoints.get(endpointId)?.manifests.at(-1)?.entry ?? -1,
      entryOf(await store.readHead(endpointId)),
    );
    const others = [...comparisons.values()].filter((one) => one !== comparison);
    comparison.finish(newest, (id) => others.some((other) => other.has(id)));
    await checkProjected(store, endpointId, comparison, findings);
  }
}

/** What a head says of its log's length may be anything; what is wrong with it is told elsewhere. */
const entryOf = (head: Item | undefined): number => (isCount(head?.entry) ? head.entry : -1);

/** Its endpoint's comparison; if that does not know it, another endpoint's that does: it was moved. */
function comparisonOf(
  { connectionId, endpointId }: Item,
  comparisons: ReadonlyMap<string, ConnectionComparison>,
): ConnectionComparison | undefined {
  const own = comparisons.get(String(endpointId));
  if (own?.knows(String(connectionId))) return own;
  return comparisons.values().find((one) => one.knows(String(connectionId))) ?? own;
}

/**
 * The projector starts an entry after the watermark says that the one before is done: a watermark behind that was set back. And
 * it writes an odd connection after the watermark no longer says that there is none: otherwise questions were kept from it.
 */
async function checkProjected(
  store: StoredEvidence,
  endpointId: string,
  { latestProven, odd }: ConnectionComparison,
  findings: Findings,
): Promise<void> {
  const item = await store.readWatermark(endpointId);
  const entry = item ? Number(item.entry) : -1;
  const where = { place: 'store' as const, endpointId };
  if (item?.noneOdd && odd !== undefined) {
    const message = `The watermark says that no connection is odd (ADR 25), so questions do not find ${odd}, which is.`;
    findings.fault({ kind: 'watermark-changed', field: 'noneOdd', ...where, message });
  }
  if (latestProven <= entry + 1) return;
  const is = item ? `is at entry ${entry}` : 'is not there';
  const message = `The watermark ${is}; there are connections as entry ${latestProven} left them.`;
  const fault = item ? { kind: 'watermark-changed' as const, field: 'entry' } : { kind: 'watermark-removed' as const };
  findings.fault({ ...fault, ...where, message });
}

/** Items of unknown logs: reported once per endpoint. */
class Strays {
  readonly #findings: Findings | undefined;
  readonly #connections = new Map<string, string[]>();
  readonly #marks = new Set<string>();

  constructor(findings: Findings | undefined) {
    this.#findings = findings;
  }

  take({ connectionId, endpointId }: Item): void {
    if (!this.#findings) return;
    const known = this.#connections.get(String(endpointId)) ?? [];
    this.#connections.set(String(endpointId), [...known, String(connectionId)]);
  }

  takeMark({ connectionId }: Item, comparisons: ReadonlyMap<string, ConnectionComparison>): void {
    const id = String(connectionId);
    if (!id.startsWith(WATERMARK) || !comparisons.has(id.slice(WATERMARK.length))) this.#marks.add(id);
  }

  /** @param store lists the logs that have begun since the others were read */
  async report(store: StoredEvidence): Promise<void> {
    for (const [endpointId, ids] of this.#connections) {
      if (await store.readHead(endpointId)) continue;
      const isMarked = this.#marks.delete(`${WATERMARK}${endpointId}`);
      const which =
        ids.length === 1 ? `Connection ${ids[0]} is` : `${ids.length} connections, ${ids[0]} among them, are`;
      const why = isMarked
        ? 'there is a watermark of that log: it was removed'
        : 'they were added, or that log was removed';
      const message = `${which} of ${endpointId}, of which there is no log: ${why}.`;
      const one = ids.length === 1 ? { connectionId: ids[0] } : {};
      this.#fault('connection-added', endpointId, message, one);
    }
    for (const id of this.#marks) {
      const endpointId = id.startsWith(WATERMARK) ? id.slice(WATERMARK.length) : undefined;
      if (endpointId !== undefined && (await store.readHead(endpointId))) continue;
      this.#fault('watermark-changed', endpointId, `The item ${id} is of no log that there is.`);
    }
  }

  #fault(
    kind: FaultKind,
    endpointId: string | undefined,
    message: string,
    more: { connectionId?: string | undefined } = {},
  ): void {
    this.#findings?.fault({ kind, place: 'store', endpointId, message, ...more });
  }
}
