import { type Extent, figure, measure, printRow, sizesOf } from '../measuring.ts';
import { inFolder } from '../processes.ts';
import { FIRST_CAPTURE } from '../rows.ts';
import { inStore } from '../trail.ts';
import { ENDPOINTS, startOrganization, targetsOf } from './organization.ts';

/** Targets, of two endpoints each, and recordings five minutes apart. */
const SIZES = {
  small: { targets: 4, slots: 2 },
  organization: { targets: 50, slots: 12 },
};

/** What recording all targets at once took. */
interface Recorded {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly endpointUnits: number;
  readonly trailUnits: number;
}

/**
 * An organization's targets in one trail for an hour, beside one target alone in a trail of its own. A run is one recording of one
 * target. Runs that end together share an entry of the trail's own log, which names all logs; those that end one after the other write
 * one each: what AWS's scheduler makes of it is in between.
 */
export async function bench(extent: Extent): Promise<void> {
  for (const [, { targets, slots }] of sizesOf(SIZES, extent)) {
    console.log(`${slots} recordings; a run is one recording of one target, of ${ENDPOINTS} endpoints:`);
    printRow('', ['WCU endpoints/run', 'WCU trail/run', 'wall s/slot', 'CPU s/run', 'peak MB', 'EC2/run', 'STS/run']);
    printRow('one target alone', await recordHour(1, 1, slots));
    printRow(`${targets} targets, all at once`, await recordHour(targets, targets, slots));
    printRow(`${targets} targets, one by one`, await recordHour(targets, 1, slots));
  }
}

async function recordHour(targets: number, atOnce: number, slots: number): Promise<string[]> {
  const organization = await startOrganization(targetsOf(targets));
  const { ec2Url, stsUrl, asked, goTo } = organization;
  const recorded: Recorded[] = [];
  try {
    await inFolder((folder) =>
      inStore(async ({ endpoint }) => {
        for (let slot = 0; slot < slots; slot += 1) {
          const time = new Date(FIRST_CAPTURE.getTime() + slot * 300_000);
          goTo(time);
          const place = [ec2Url, stsUrl, endpoint, folder, String(targets), String(atOnce), time.toISOString()];
          recorded.push(await measure<Recorded>('targets/measured.ts', place));
        }
      }),
    );
  } finally {
    await organization.close();
  }
  return cellsOf(recorded, targets * slots, asked);
}

/** The first recording, which makes the logs and their connections, counts as the others do not: it is left out of the units. */
function cellsOf(
  recorded: readonly Recorded[],
  runs: number,
  asked: { readonly assumed: number; readonly ec2: number },
): string[] {
  const steady = recorded.slice(1);
  const steadyRuns = (runs / recorded.length) * steady.length;
  const sum = (of: readonly Recorded[], member: keyof Recorded) => of.reduce((total, one) => total + one[member], 0);
  return [
    figure(sum(steady, 'endpointUnits') / steadyRuns, 1),
    figure(sum(steady, 'trailUnits') / steadyRuns, 1),
    figure(sum(recorded, 'wallSeconds') / recorded.length, 1),
    figure(sum(recorded, 'cpuSeconds') / runs, 2),
    figure(Math.max(...recorded.map(({ peakMegabytes }) => peakMegabytes))),
    figure(asked.ec2 / runs, 1),
    figure(asked.assumed / runs, 1),
  ];
}
