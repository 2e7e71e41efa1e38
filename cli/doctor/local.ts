import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ec2FromEnvironment } from '../../local/aws-access.ts';
import { databaseFile } from '../../local/data-folder.ts';
import { bucketOf } from '../../local/open-archive.ts';
import { readSimulation } from '../../local/simulation-record.ts';
import { shareTrail } from '../../local/trail-store.ts';
import type { ArchiveOptions, TrailOptions } from '../trail-options.ts';
import { CHECKS, type Check, type CheckName } from './finding.ts';
import { openTrail } from './open-trail.ts';
import type { Patient } from './patient.ts';
import { LIST_ENDPOINTS, lookAtEndpoints } from './trail/endpoints.ts';
import { failures } from './trail/failures.ts';
import { publicKey } from './trail/keys.ts';
import { connectionLogging, lookAtRecorderClock, recorderVersions } from './trail/recorder.ts';
import { gaps, projection, signatures, snapshotAge } from './trail/snapshots.ts';

/** A place with its checks. */
export interface Practice {
  readonly checks: readonly Check[];
  /** For people. */
  readonly place: string;
  close(): Promise<void>;
}

type Circumstances = Pick<Patient, 'now' | 'keys'> & { readonly env: NodeJS.ProcessEnv };

/**
 * The checks of a trail on this machine; through the engine of a `serve` that runs in its folder.
 *
 * @throws Error where there is no trail; what opening a store throws
 */
export async function localChecks(
  options: TrailOptions & ArchiveOptions,
  { now, keys, env }: Circumstances,
): Promise<Practice> {
  const data = resolve(options.data);
  if (!env.AWS_ENDPOINT_URL_DYNAMODB && !existsSync(databaseFile(data))) {
    throw new Error(
      `There is no trail in ${data}. Name its folder with --data DIR, or a deployed one with --stack NAME.`,
    );
  }
  const store = await shareTrail({ ...options, env, asItIs: true }, 'doctor');
  let opened: ReturnType<typeof openTrail> | undefined;
  const trail = () => (opened ??= openTrail({ documents: store.documents, ...options }, now, undefined));
  const patient: Patient = { trail, now, keys };
  const checks: Check[] = [
    endpointsHere(patient, env, readSimulation(data) !== undefined),
    ...[snapshotAge, gaps, failures, projection, signatures, publicKey].map((check) => check(patient)),
    { name: 'clock', needs: '', look: (notes) => lookAtRecorderClock(patient, notes) },
    recorderVersions(patient),
    connectionLogging(patient),
    ...(await lockOf(options.archive)),
  ];
  const made = new Set<CheckName>(checks.map(({ name }) => name));
  const others = CHECKS.filter((name) => !made.has(name)).map(ofDeployed);
  return { checks: [...checks, ...others], place: store.location, close: () => store.close() };
}

function endpointsHere(patient: Patient, env: NodeJS.ProcessEnv, isSimulated: boolean): Check {
  return {
    name: 'endpoints-recorded',
    needs: LIST_ENDPOINTS,
    look: async (notes) => {
      const trail = await patient.trail();
      if (isSimulated) {
        notes.notChecked('the trail is a simulation: AWS does not have its endpoints');
        return;
      }
      const ec2 = ec2FromEnvironment(env);
      try {
        await lookAtEndpoints(trail, { ec2, account: undefined, region: await ec2.config.region() }, notes);
      } finally {
        ec2.destroy();
      }
    },
  };
}

/** A bucket can be locked, wherever the trail is. */
async function lockOf(archive: string | undefined): Promise<Check[]> {
  const bucket = archive === undefined ? undefined : bucketOf(archive);
  if (bucket === undefined) return [];
  const { archiveLock } = await import('./deployed/archive.ts');
  return [archiveLock(bucket, {})];
}

/** What there is only in AWS is named all the same: it is not known to be fine. */
function ofDeployed(name: CheckName): Check {
  const why =
    name === 'archive-lock'
      ? 'a folder cannot be locked: whoever can write to it can change it; keep checkpoints elsewhere ("cvpn-audit checkpoint")'
      : 'only of a deployed trail (--stack NAME)';
  return { name, needs: '', look: async (notes) => notes.notChecked(why) };
}
