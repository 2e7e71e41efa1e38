import { EC2Client } from '@aws-sdk/client-ec2';
import { textOf } from '../gateway/ec2-query-protocol/structure.ts';
import { portUnusable } from '../gateway/port-unusable.ts';
import { checkAwsAccess, ec2FromEnvironment } from './aws-access.ts';
import { type AdjustableClock, startClock } from './clock.ts';
import { loopbackIdentity } from './loopback.ts';
import { startSimulatedClientVpn } from './simulated-client-vpn/server.ts';
import type { World } from './simulated-client-vpn/world.ts';

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
  readonly simulated?: { readonly url: string; readonly endpointId: string };
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
 * A simulated Client VPN on loopback, with a clock of its own.
 *
 * @param port - 0 for any free one
 * @throws PortUnusable
 */
export async function openSimulation(world: World, port: number): Promise<RecordingSource> {
  const clock = startClock();
  const simulated = await startSimulatedClientVpn({ world, port, now: clock.now }).catch((error: unknown) => {
    throw portUnusable(port, '--ec2-port', error);
  });
  // The names in the simulated answers are of the same Region.
  const { region, credentials } = loopbackIdentity({});
  const ec2 = new EC2Client({ endpoint: simulated.url, region, credentials });
  const endpointId = textOf(world.endpoints(clock.now())[0], 'clientVpnEndpointId');
  const close = async () => {
    ec2.destroy();
    await simulated.close();
  };
  return { places: [{ ec2, region }], clock, simulated: { url: simulated.url, endpointId }, close };
}
