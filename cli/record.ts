import { resolve } from 'node:path';
import { Command } from 'commander';
import { record } from '../lambda/recorder/recorder.ts';
import type { RecordingSummary } from '../lambda/recorder/summary.ts';
import { optionsFor } from '../lambda/recorder/target.ts';
import { toInstant } from '../lambda/trail/time.ts';
import { isLoopback } from '../local/loopback.ts';
import { refuseMixing } from '../local/plan-simulation.ts';
import { openAws, openTarget } from '../local/recording-source.ts';
import { readSimulation } from '../local/simulation-record.ts';
import { shareTrail } from '../local/trail-store.ts';
import { failureLines, recordingLine } from './recording-line.ts';
import { recorderPorts } from './serve/serving.ts';
import { type TargetOptions, targetOf, withTargetOptions } from './target-options.ts';
import type { Terminal } from './terminal.ts';
import { openEvidence, type RecordingOptions, recorderOptions, withRecordingOptions } from './trail-options.ts';

/** For the reasons of gaps, a recording without a schedule counts as one of the default schedule. */
const INTERVAL_MILLISECONDS = 5 * 60_000;

/** `cvpn-audit record`: one recording, now. */
export function recordCommand(terminal: Terminal): Command {
  return withTargetOptions(withRecordingOptions(new Command('record')))
    .description('one recording, now, into the same places as serve')
    .action((options: RecordingOptions & TargetOptions) => recordNow(options, terminal));
}

async function recordNow(options: RecordingOptions & TargetOptions, terminal: Terminal): Promise<void> {
  const target = targetOf(options, options.endpoints);
  refuseRealInSimulation(options.data, terminal.env);
  const source = await (target ? openTarget(terminal.env, target, options.externalId) : openAws(terminal.env));
  const store = await shareTrail({ ...options, env: terminal.env }, 'record');
  try {
    const [place] = source.places;
    const own = recorderOptions(options, place.region, INTERVAL_MILLISECONDS);
    const recorder = target ? optionsFor(own, target) : own;
    const { archive, signer } = await openEvidence(options);
    const slot = source.clock.now();
    const summary = await record(recorderPorts({ store, source, archive, signer }, place), recorder, slot, {
      onOutcome: (outcome) => terminal.line(...recordingLine(toInstant(slot), outcome)),
    });
    show(summary, recorder.REGION, terminal);
  } finally {
    await store.close();
    await source.close();
  }
}

/** Real connections must not get into a simulated trail; a loopback address may be the simulation itself. */
function refuseRealInSimulation(data: string, env: NodeJS.ProcessEnv): void {
  const location = resolve(data);
  const saved = readSimulation(location);
  const isReal = !isLoopback(env.AWS_ENDPOINT_URL_EC2 ?? env.AWS_ENDPOINT_URL ?? '');
  if (saved && isReal) refuseMixing({ source: 'aws' }, { location, saved });
}

function show(summary: RecordingSummary, region: string, terminal: Terminal): void {
  const { endpoints, failures } = summary;
  for (const line of failureLines(summary)) terminal.line(...line);
  const missing = endpoints.filter(({ outcome, appended = outcome }) => /failed|superseded/.test(appended)).length;
  if (missing > 0) throw new Error(`${missing} of ${endpoints.length} endpoints were not recorded.`);
  if (failures.some(({ unfinished }) => !unfinished)) throw new Error('The recording is not complete.');
  if (failures.length > 0)
    throw new Error('Everything is recorded, but the recording is not finished; the next one goes on with it.');
  if (endpoints.length === 0) terminal.notice(`There is no Client VPN endpoint in ${region}.`);
}
