import { EC2Client } from '@aws-sdk/client-ec2';
import { textOf } from '../gateway/ec2-query-protocol/structure.ts';
import { portUnusable } from '../gateway/port-unusable.ts';
import type { Target } from '../lambda/recorder/target.ts';
import { targetClients } from '../lambda/recorder/target-clients.ts';
import { checkAwsAccess, checkIdentity, ec2FromEnvironment, ec2Options } from './aws-access.ts';
import { type AdjustableClock, startClock } from './clock.ts';
import { loopbackIdentity } from './loopback.ts';
import { awsOptions } from './network/aws-options.ts';
import { FIRST_PLACE, SECOND_PLACE } from './simulated-client-vpn/place.ts';
import { type SimulatedClientVpn, startSimulatedClientVpn } from './simulated-client-vpn/server.ts';
import type { World } from './simulated-client-vpn/world.ts';
import { startSimulatedSts } from './simulated-sts/server.ts';

/** An account and Region that is recorded. */
export interface RecordedPlace {
  readonly ec2: EC2Client;
  readonly region: string;
  /** Absent where only the endpoints' certificates tell it. */
  readonly account?: string;
}

/** The source of recordings: what is recorded, and by which clock. */
export interface RecordingSource {
  /** Each is recorded by itself, as each target of a deployment is. The first is where commands for AWS point to. */
  readonly places: readonly [RecordedPlace, ...RecordedPlace[]];
  readonly clock: AdjustableClock;
  /** The address of the simulated EC2, and one of its endpoints; absent for AWS. */
  readonly simulated?: {
    readonly url: string;
    readonly endpointId: string;
    /** The simulated STS and the role that it gives, where the company has two accounts. */
    readonly sts?: { readonly url: string; readonly roleArn: string; readonly externalId: string };
  };
  readonly close: () => Promise<void>;
}

/**
 * AWS according to the environment.
 *
 * @throws AwsNotReady
 */
export async function openAws(env: NodeJS.ProcessEnv): Promise<RecordingSource> {
  const ec2 = ec2FromEnvironment(env);
  const region = await checkAwsAccess(ec2);
  return { places: [{ ec2, region }], clock: startClock(), close: async () => ec2.destroy() };
}

/**
 * One target, asked as a deployed recorder asks it: with its role, or in its Region. That it refuses is a failure of the recording, as there.
 *
 * @throws AwsNotReady without credentials
 */
export async function openTarget(
  env: NodeJS.ProcessEnv,
  target: Target,
  externalId: string | undefined,
): Promise<RecordingSource> {
  const own = ec2FromEnvironment(env);
  const region = await checkIdentity(own, target.region);
  const { credentials } = own.config;
  const ec2 = targetClients({ region, externalId, credentials, ec2: ec2Options(env), sts: awsOptions() })(target);
  const close = async () => {
    for (const client of [own, ec2]) client.destroy();
  };
  return { places: [{ ec2, region: target.region ?? region }], clock: startClock(), close };
}

/**
 * A simulated Client VPN on loopback, with a clock of its own.
 *
 * @param port - 0 for any free one
 * @throws PortUnusable
 */
export async function openSimulation(world: World, port: number): Promise<RecordingSource> {
  const clock = startClock();
  const simulated = await startEc2({ world, port, now: clock.now });
  const ec2 = new EC2Client({ endpoint: simulated.url, ...simulatedIdentity() });
  const close = async () => {
    ec2.destroy();
    await simulated.close();
  };
  return {
    places: [{ ec2, region: FIRST_PLACE.region }],
    clock,
    simulated: { url: simulated.url, endpointId: firstEndpoint(world, clock) },
    close,
  };
}

/**
 * A simulated Client VPN of two accounts and Regions, and the STS that gives the recorder the second one's role.
 *
 * @param port - of the simulated EC2, 0 for any free one
 * @throws PortUnusable
 */
export async function openTwoAccounts(world: World, port: number): Promise<RecordingSource> {
  const clock = startClock();
  // What it gives expires by the SDK's clock, which no simulation sets.
  const sts = await startSimulatedSts({ roles: () => [READER], caller: RECORDER_ARN, now: () => new Date() });
  const accountOf = (key: string) => sts.accountOf(key) ?? (key.startsWith('ASIA') ? undefined : FIRST_PLACE.account);
  const simulated = await startEc2({ world, port, now: clock.now, accountOf });
  const endpoint = simulated.url;
  const clients = targetClients({
    ...simulatedIdentity(),
    externalId: READER.externalId,
    ec2: { endpoint },
    sts: { endpoint: sts.url },
  });
  const first = { ...FIRST_PLACE, ec2: clients(FIRST_PLACE) };
  const second = { ...SECOND_PLACE, ec2: clients({ ...SECOND_PLACE, roleArn: READER.roleArn }) };
  const close = async () => {
    for (const { ec2 } of [first, second]) ec2.destroy();
    await simulated.close();
    await sts.close();
  };
  return {
    places: [first, second],
    clock,
    simulated: { url: endpoint, endpointId: firstEndpoint(world, clock), sts: { url: sts.url, ...READER } },
    close,
  };
}

/** What the second account lets the recorder assume. */
const READER = {
  roleArn: `arn:aws:iam::${SECOND_PLACE.account}:role/ClientVpnAuditReader`,
  externalId: 'simulated-company',
};
const RECORDER_ARN = `arn:aws:sts::${FIRST_PLACE.account}:assumed-role/ClientVpnAuditRecorder/recorder`;

/** The recorder's own credentials, which mean nothing, and its Region. */
const simulatedIdentity = () => ({ ...loopbackIdentity({}), region: FIRST_PLACE.region });

function startEc2(options: Parameters<typeof startSimulatedClientVpn>[0]): Promise<SimulatedClientVpn> {
  return startSimulatedClientVpn(options).catch((error: unknown) => {
    throw portUnusable(options.port ?? 0, '--ec2-port', error);
  });
}

const firstEndpoint = (world: World, { now }: AdjustableClock) =>
  textOf(world.endpoints(now())[0], 'clientVpnEndpointId');
