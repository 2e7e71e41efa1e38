import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { documentClient } from '../../../lambda/dynamodb/documents.ts';
import { awsOptions } from '../../../local/network/aws-options.ts';
import type { CredentialSource } from '../../api/credential-source.ts';
import type { Practice } from '../local.ts';
import { openTrail } from '../open-trail.ts';
import type { Patient } from '../patient.ts';
import { failures } from '../trail/failures.ts';
import { publicKey } from '../trail/keys.ts';
import { connectionLogging } from '../trail/recorder.ts';
import { gaps, projection, signatures, snapshotAge } from '../trail/snapshots.ts';
import { alarmSubscribers, alarms } from './alarms.ts';
import { archiveLock } from './archive.ts';
import { clocks } from './clock.ts';
import { endpointsOfStack } from './endpoints.ts';
import { functionVersions } from './functions.ts';
import { queues } from './queues.ts';
import { reconciliation } from './reconciliation.ts';
import { schedule } from './schedule.ts';
import { type DeployedStack, openStack } from './stack.ts';
import { deletionProtection, pointInTimeRecovery, recorderOf, timeToLive } from './tables.ts';

/**
 * The checks of a deployed trail.
 *
 * @throws ApiFailure where the stack cannot be read
 */
export async function deployedChecks(
  name: string,
  source: CredentialSource,
  { now, keys }: Pick<Patient, 'now' | 'keys'>,
): Promise<Practice> {
  const stack = await openStack(name, source);
  const client = new DynamoDBClient(awsOptions(stack.reach));
  let opened: ReturnType<typeof openTrail> | undefined;
  const open = async () => {
    const tables = {
      documents: documentClient(client),
      snapshotsTable: stack.output('SnapshotsTableName'),
      connectionsTable: stack.output('ConnectionsTableName'),
    };
    return openTrail(tables, now, await configuredInterval(stack));
  };
  const patient: Patient = { trail: () => (opened ??= open()), now, keys, deployedKey: stack.output('PublicKey') };
  return {
    checks: [
      endpointsOfStack(patient, stack),
      ...[snapshotAge, gaps, failures, projection, signatures, publicKey].map((check) => check(patient)),
      clocks(patient, stack),
      functionVersions(stack),
      connectionLogging(patient),
      reconciliation(patient, stack),
      ...[schedule, queues, alarms, alarmSubscribers].map((check) => check(stack)),
      ...[pointInTimeRecovery, deletionProtection, timeToLive].map((check) => check(stack)),
      archiveLock(stack.output('ArchiveBucketName'), stack.reach),
    ],
    place: `the stack ${name} in ${stack.reach.region}`,
    close: async () => client.destroy(),
  };
}

/** Where the function cannot be described, the newest slots tell it. */
async function configuredInterval(stack: DeployedStack): Promise<number | undefined> {
  const described = await recorderOf(stack).catch(() => undefined);
  const minutes = Number(described?.environment.INTERVAL_MINUTES);
  return Number.isInteger(minutes) && minutes > 0 ? minutes : undefined;
}
