import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { type RecorderOptions, record } from '../../../lambda/recorder/recorder.ts';
import type { RecordingSummary } from '../../../lambda/recorder/summary.ts';
import { optionsFor, type Target } from '../../../lambda/recorder/target.ts';
import { targetClients } from '../../../lambda/recorder/target-clients.ts';
import { FIRST_PLACE, type Place, SECOND_PLACE } from '../../../local/simulated-client-vpn/place.ts';
import { startSimulatedClientVpn } from '../../../local/simulated-client-vpn/server.ts';
import type { World } from '../../../local/simulated-client-vpn/world.ts';
import type { AssumeRoleRequest, SimulatedRole } from '../../../local/simulated-sts/roles.ts';
import { startSimulatedSts } from '../../../local/simulated-sts/server.ts';
import { AskedTrail, settingsWithAccesses } from '../command/asked-trail.ts';
import { LOOKED_UP } from '../servers/embedded-dynamodb.ts';
import { ALPHA, BETA, RecordedTrail } from './recorded-trail.ts';

export const READER: SimulatedRole & { readonly externalId: string } = {
  roleArn: `arn:aws:iam::${SECOND_PLACE.account}:role/ClientVpnAuditReader`,
  externalId: 'company-4711',
};

/** The recorder's own account and Region, with the endpoint `ALPHA`; and another's, by its role, with `BETA`. */
export const OWN: Target = FIRST_PLACE;
export const OTHER: Target = { ...SECOND_PLACE, roleArn: READER.roleArn };

const PLACES: Readonly<Record<string, Place>> = { [ALPHA]: FIRST_PLACE, [BETA]: SECOND_PLACE };
/** As the query function is told of both. */
export const TARGETS = [FIRST_PLACE, SECOND_PLACE].map(({ account, region }) => ({ accountId: account, region }));
/** Minutes between two recordings. */
export const INTERVAL = 30;

/** What a test changes of the world. */
export interface Circumstances {
  /** The roles that there are. */
  roles: readonly SimulatedRole[];
  /** What the trail's configuration has. */
  externalId: string;
  /** Told of each AssumeRole; what it throws is STS's answer. */
  onAssume: (request: AssumeRoleRequest) => void;
  /** A Region that does not answer. */
  regionDown: string | undefined;
  /** The recorder's process goes on, and keeps its credentials; else each recording is in a new one. */
  isWarm: boolean;
}

/** One trail of two accounts and Regions, over a simulated EC2 that tells them apart, and a simulated STS. */
export interface TwoAccounts {
  readonly trail: RecordedTrail;
  readonly asked: AskedTrail;
  readonly now: Circumstances;
  /** Lets an interval pass and records the targets, one after the other or at the same time. */
  recordNext(targets: readonly Target[]): Promise<RecordingSummary[]>;
  close(): Promise<void>;
}

export async function startTwoAccounts(): Promise<TwoAccounts> {
  const trail = Object.assign(await RecordedTrail.start(), { rows: { [ALPHA]: [], [BETA]: [] } });
  const now: Circumstances = {
    roles: [READER],
    externalId: READER.externalId,
    onAssume: () => undefined,
    regionDown: undefined,
    isWarm: false,
  };
  const sts = await startSimulatedSts({
    roles: () => now.roles,
    caller: `arn:aws:sts::${FIRST_PLACE.account}:assumed-role/Recorder/recorder`,
    // The SDK compares an expiry with the time of the day: what is given does not expire while a test runs.
    now: () => new Date('2100-01-01T00:00:00Z'),
    onRequest: (request) => now.onAssume(request),
  });
  const ec2 = await startSimulatedClientVpn({
    world: placed(trail),
    now: () => trail.now,
    accountOf: (key) => {
      if (key === LOOKED_UP.credentials.accessKeyId) return FIRST_PLACE.account;
      // The credentials of a role that is deleted are worth nothing.
      return now.roles.length > 0 ? sts.accountOf(key) : undefined;
    },
    onRequest: ({ caller }) => {
      if (caller?.region === now.regionDown) throw new Error('the Region does not answer');
    },
  });
  const { ec2: _, ...ports } = trail.ports();
  const options: RecorderOptions = { ...trail.options, ACCOUNT_ID: FIRST_PLACE.account, INTERVAL_MINUTES: INTERVAL };
  // Retries come at once: nothing waits in a test.
  const retryStrategy = new ConfiguredRetryStrategy(2, () => 0);
  const start = () =>
    targetClients({
      region: FIRST_PLACE.region,
      externalId: now.externalId,
      credentials: LOOKED_UP.credentials,
      ec2: { endpoint: ec2.url, retryStrategy },
      sts: { endpoint: sts.url, retryStrategy },
    });
  const settings = { ...(await settingsWithAccesses(trail)), INTERVAL_MINUTES: INTERVAL, TARGETS };
  let clients = start();
  const recordTarget = (target: Target) => {
    if (!now.isWarm) clients = start();
    return record({ ...ports, ec2: clients(target) }, optionsFor(options, target), trail.now);
  };
  return {
    trail,
    asked: await AskedTrail.over(trail, { settings }),
    now,
    recordNext: (targets) => {
      trail.now = new Date(trail.now.getTime() + INTERVAL * 60_000);
      return Promise.all(targets.map(recordTarget));
    },
    close: async () => {
      await Promise.all([trail.close(), ec2.close(), sts.close()]);
    },
  };
}

function placed(trail: RecordedTrail): World {
  const describe = (clientVpnEndpointId: string) => {
    const { account, region } = PLACES[clientVpnEndpointId] ?? FIRST_PLACE;
    return { clientVpnEndpointId, serverCertificateArn: `arn:aws:acm:${region}:${account}:certificate/1a2b` };
  };
  return {
    endpoints: () => Object.keys(trail.rows).map(describe),
    connections: (endpointId) => trail.world.connections(endpointId, trail.now),
  };
}
