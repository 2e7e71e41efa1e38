import type { Target } from '../../lambda/recorder/target.ts';
import { startSimulatedClientVpn } from '../../local/simulated-client-vpn/server.ts';
import type { World } from '../../local/simulated-client-vpn/world.ts';
import { startSimulatedSts } from '../../local/simulated-sts/server.ts';
import { awsRow, FIRST_CAPTURE } from '../rows.ts';

/** Connections of each endpoint. */
const CONNECTIONS = 20;
const REGION = 'eu-west-1';
export const EXTERNAL_ID = 'organization';
/** Endpoints of each target. */
export const ENDPOINTS = 2;

/** An organization's targets: an account each, with a role. */
export function targetsOf(count: number): Target[] {
  return Array.from({ length: count }, (_, index) => {
    const account = String(100_000_000_000 + index);
    return { account, region: REGION, roleArn: `arn:aws:iam::${account}:role/ClientVpnAuditReader` };
  });
}

const endpointId = (target: number, endpoint: number) =>
  `cvpn-endpoint-0${String(target * ENDPOINTS + endpoint).padStart(16, '0')}`;

/** Two endpoints an account, each with the same people all the time, whose counters grow. */
function worldOf(targets: readonly Target[]): World {
  const endpoints = targets.flatMap(({ account, region }, target) =>
    Array.from({ length: ENDPOINTS }, (_, endpoint) => ({
      clientVpnEndpointId: endpointId(target, endpoint),
      clientCidrBlock: '10.0.0.0/8',
      serverCertificateArn: `arn:aws:acm:${region}:${account}:certificate/1a2b3c4d-0000-4000-8000-000000000000`,
    })),
  );
  const began = FIRST_CAPTURE.getTime() / 1000 - 3600;
  return {
    endpoints: () => endpoints,
    connections: (id, at) =>
      Array.from({ length: CONNECTIONS }, (_, host) => {
        const now = at.getTime() / 1000;
        const connectionId = `cvpn-connection-0${id.slice(-8)}${String(host).padStart(8, '0')}`;
        const person = { connectionId, established: began, ended: Number.POSITIVE_INFINITY, host };
        return awsRow(id, { ...person, bytes: (now - began) * 900, commonName: `employee${host}.example.com` }, now);
      }),
  };
}

/** The organization's EC2 and STS on loopback, at a time that the benchmark sets. */
export async function startOrganization(targets: readonly Target[]) {
  const asked = { assumed: 0, ec2: 0 };
  let now = FIRST_CAPTURE;
  const roles = targets.flatMap(({ roleArn }) => (roleArn === undefined ? [] : [{ roleArn, externalId: EXTERNAL_ID }]));
  const sts = await startSimulatedSts({
    roles: () => roles,
    caller: 'arn:aws:sts::123456789012:assumed-role/Recorder/recorder',
    // What it gives expires by the SDK's clock.
    now: () => new Date(),
    onRequest: () => {
      asked.assumed += 1;
    },
  });
  const ec2 = await startSimulatedClientVpn({
    world: worldOf(targets),
    now: () => now,
    accountOf: (key) => sts.accountOf(key),
    onRequest: () => {
      asked.ec2 += 1;
    },
  });
  return {
    ec2Url: ec2.url,
    stsUrl: sts.url,
    asked,
    goTo: (time: Date) => {
      now = time;
    },
    close: async () => {
      await Promise.all([ec2.close(), sts.close()]);
    },
  };
}
