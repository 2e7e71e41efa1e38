import { createHash } from 'node:crypto';
import { coverEndpoints } from '../../query/cover-endpoints.ts';
import { openSignedLog } from '../../query/proofs/signed-log.ts';
import type { RoutePorts } from '../../query/routes/route.ts';
import { RECORDER_VERSION } from '../../recorder/version.ts';
import { type ExportManifest, type SignedManifest, signManifest } from '../../trail/export-manifest.ts';
import type { Signer } from '../../trail/signed-note.ts';
import { toInstant } from '../../trail/time.ts';
import { type Day, firstSecondOf, lastSecondOf } from './calendar-day.ts';
import { DAY_FILE } from './day-objects.ts';

/** A day's file, before it is signed. */
interface MadeDay {
  readonly endpointId: string;
  readonly day: Day;
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** How many entries the log had after the day's last. */
  readonly size: number;
}

/**
 * Signs the manifest of a day, with the day's coverage and the log's newest checkpoint.
 *
 * @throws Error if no signed checkpoint covers the day; QueryProblem if one is invalid
 */
export async function signDay(ports: RoutePorts & { readonly signer: Signer }, made: MadeDay): Promise<SignedManifest> {
  const { endpointId, day, bytes, rows } = made;
  const window = { since: firstSecondOf(day), until: lastSecondOf(day) };
  const { coverage, assumptions } = await coverDay(ports, endpointId, window);
  const manifest: ExportManifest = {
    form: 1,
    kind: 'day',
    format: 'parquet',
    files: [{ name: DAY_FILE, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }],
    rows,
    question: { endpoint: [endpointId], day: [day] },
    window: { ...window, match: 'changed' },
    coverage,
    assumptions,
    checkpoints: [{ endpointId, note: await readCheckpoint(ports, made) }],
    exportedAt: toInstant(ports.now()),
    exportedBy: 'schedule',
    versions: { exporter: RECORDER_VERSION },
  };
  return signManifest(manifest, ports.signer);
}

async function coverDay(
  ports: RoutePorts,
  endpointId: string,
  window: { readonly since: string; readonly until: string },
): Promise<Pick<ExportManifest, 'coverage' | 'assumptions'>> {
  const { endpoints, assumptions } = await coverEndpoints(ports, { endpoint: [endpointId], ...window });
  const [covered] = endpoints;
  if (!covered) throw new Error(`nothing is known of the coverage of ${endpointId}`);
  const { complete, gaps, projectedThrough, pendingSince } = covered;
  return { coverage: { complete, gaps, projectedThrough, pendingSince }, assumptions };
}

async function readCheckpoint({ log }: RoutePorts, { endpointId, day, size }: MadeDay): Promise<string> {
  const stored = await log.readCheckpoint(endpointId);
  const signed = stored && openSignedLog(stored);
  if (signed && signed.size >= size) return signed.note;
  throw new Error(`the newest checkpoint of ${endpointId} covers ${signed?.size ?? 0} entries; ${day} needs ${size}`);
}
