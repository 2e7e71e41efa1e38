import { randomBytes } from 'node:crypto';
import { record } from '../../../lambda/recorder/recorder.ts';
import type { Elements } from '../../../lambda/trail/element.ts';
import { ALPHA, activeRow, BETA, endedRow, RecordedTrail } from '../recording/recorded-trail.ts';
import { GAMMA, ID } from './tampered-names.ts';
import { TamperedTrail } from './tampered-trail.ts';

/** Snapshots after the moment that `atHalf` tells of. */
export const LATER = 5;

const ODD = 'Zoë "O’Brien", =1+1 \u202Eعمر 🦊';
const anna = activeRow(ID.anna, '2026-11-19 22:07:00', { commonName: 'anna' });
const bob = activeRow(ID.bob, '2026-11-20 21:40:00', { commonName: 'bob', clientIp: '172.31.0.2' });
const carl = activeRow(ID.carl, '2026-11-20 21:50:00', { commonName: 'carl', clientIp: '172.31.0.3' });
const dora = activeRow(ID.dora, '2026-11-20 22:12:00', { commonName: ODD, clientIp: '172.31.0.4' });
const emil = activeRow(ID.emil, '2026-11-20 22:20:00', { commonName: 'emil', clientIp: '172.31.0.5' });
const fred = activeRow(ID.fred, '2026-11-17 09:00:00', { commonName: 'fred', clientIp: '172.31.0.6' });
const ofBeta = { clientVpnEndpointId: BETA, clientIpv6Address: 'fd00::1', username: 'CORP\\Gina' };
const gina = activeRow(ID.gina, '2026-11-20 21:55:00', {
  ...ofBeta,
  commonName: 'gina',
  postureComplianceStatusSet: ['compliant'],
});
const hugo = activeRow(ID.hugo, '2026-11-20 21:56:00', { clientVpnEndpointId: BETA, commonName: 'hugo' });
const ida = activeRow(ID.ida, '2026-11-20 21:57:00', { clientVpnEndpointId: GAMMA, commonName: 'ida' });
const { connectionId: _, ...nameless } = bob;

/** Rows that do not compress: together they take more than one chunk. */
const large = (established: string): Elements[] =>
  Array.from({ length: 4 }, (_, index) =>
    activeRow(`cvpn-connection-f${index}`, established, { invented: randomBytes(95_000).toString('base64') }),
  );

/**
 * Lets a recorder live through all that makes a log, its archive and its projection differ.
 *
 * @param atHalf called when all but the last {@link LATER} snapshots are recorded
 */
export async function liveRichly(trail: RecordedTrail, atHalf: () => Promise<void> = async () => {}): Promise<void> {
  trail.now = new Date('2026-11-20T22:00:00Z');
  trail.rows = { [ALPHA]: [anna, bob, carl, fred], [BETA]: [gina, hugo], [GAMMA]: [ida] };
  await trail.record();
  trail.rows[ALPHA] = [anna, bob, carl, fred, ...large('2026-11-20 22:03:00')];
  await trail.recordAfter(5);
  delete trail.rows[GAMMA];
  trail.rows[ALPHA] = [anna, endedRow(bob, '2026-11-20 22:08:00', { ingressBytes: '9007199254740993' }), fred];
  trail.rows[BETA] = [endedRow(gina, '2026-11-20 22:07:00'), hugo];
  await trail.recordAfter(5);
  await recordLate(trail);
  trail.options = { ...trail.options, ENDPOINTS: [ALPHA] };
  trail.rows[ALPHA] = [anna, dora, nameless, fred];
  await trail.recordAfter(5);
  trail.rows[ALPHA] = [anna, endedRow(dora, '2026-11-20 22:18:00'), emil, endedRow(fred, '2026-11-20 22:19:00')];
  trail.options = { ...trail.options, ENDPOINTS: 'all' };
  await trail.recordTimes(14);
  trail.rows[ALPHA] = [anna, emil];
  await failOnce(trail);
  await trail.recordAfter(90);
  await trail.recordTimes(1);
  await atHalf();
  await trail.recordTimes(2);
  trail.rows[ALPHA] = [anna];
  await trail.recordTimes(3);
}

/** A late retry of a slot that the log is past: it is superseded. */
async function recordLate(trail: RecordedTrail): Promise<void> {
  const between = new Date(trail.now.getTime() - 120_000);
  await record(trail.ports(), trail.options, between);
}

async function failOnce(trail: RecordedTrail): Promise<void> {
  trail.ec2.fault = ({ action, refuse }) =>
    action === 'DescribeClientVpnConnections' && refuse('UnauthorizedOperation');
  await trail.recordAfter(5);
  trail.ec2.fault = () => false;
}

/** A trail, recorded, and as it was {@link LATER} snapshots before its end. Neither is changed: who tampers makes a copy. */
export interface Story {
  readonly whole: TamperedTrail;
  readonly earlier: TamperedTrail;
}

let recorded: Promise<Story> | undefined;

/** The rich story, recorded once for all the test files of a worker. */
export function richStory(): Promise<Story> {
  recorded ??= recordRichly();
  return recorded;
}

async function recordRichly(): Promise<Story> {
  const trail = await RecordedTrail.start();
  let earlier: TamperedTrail | undefined;
  await liveRichly(trail, async () => {
    earlier = await TamperedTrail.of(trail);
  });
  const whole = await TamperedTrail.of(trail);
  await trail.close();
  if (!earlier) throw new Error('the story has no half');
  return { whole, earlier };
}

/** The rich story in tables and an archive of its own, which a test may write to. */
export async function storeRichly(): Promise<RecordedTrail> {
  return (await richStory()).whole.store();
}
