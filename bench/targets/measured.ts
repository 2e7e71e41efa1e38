import { fewAtOnce } from '../../lambda/few-at-once.ts';
import { type RecorderPorts, record } from '../../lambda/recorder/recorder.ts';
import { optionsFor } from '../../lambda/recorder/target.ts';
import { targetClients } from '../../lambda/recorder/target-clients.ts';
import { sayMeasured } from '../measuring.ts';
import { OPTIONS, portsAt } from '../trail.ts';
import { EXTERNAL_ID, targetsOf } from './organization.ts';

/**
 * A process that records all targets, so many at once, and says what it took and wrote:
 * `EC2_URL STS_URL DYNAMODB_URL FOLDER TARGETS AT_ONCE SLOT`. What one process does for all is in AWS a run each.
 */
const [ec2Url = '', stsUrl = '', store = '', folder = '', targets = '', atOnce = '', slot = ''] = process.argv.slice(2);
const at = new Date(slot);
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
const clients = targetClients({
  region: OPTIONS.REGION,
  externalId: EXTERNAL_ID,
  credentials,
  ec2: { endpoint: ec2Url },
  sts: { endpoint: stsUrl },
});

/** Recorders of the same moment, with one client of the store between them. */
async function recordAll(ports: Omit<RecorderPorts, 'ec2'>): Promise<{ endpointUnits: number; trailUnits: number }> {
  const summaries = await fewAtOnce(targetsOf(Number(targets)), Number(atOnce), (target) =>
    record({ ...ports, ec2: clients(target) }, optionsFor(OPTIONS, target), at),
  );
  const [failure] = summaries.flatMap(({ failures }) => failures);
  if (failure) throw new Error(`a recording failed: ${failure.message}`);
  const sum = (units: readonly number[]) => units.reduce((total, one) => total + one, 0);
  return {
    endpointUnits: sum(summaries.flatMap(({ endpoints }) => endpoints.map(({ writeUnits }) => writeUnits))),
    trailUnits: sum(summaries.map(({ trailWriteUnits }) => trailWriteUnits)),
  };
}

await sayMeasured(() => recordAll(portsAt(at, ec2Url, store, folder)));
