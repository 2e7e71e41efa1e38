import { toError } from '../../lambda/trail/to-error.ts';
import type { WantedSource } from '../../local/plan-simulation.ts';
import { openAws, openSimulation, type RecordingSource } from '../../local/recording-source.ts';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { parseSavedAnswer } from '../../local/simulated-client-vpn/saved-answer.ts';
import type { World } from '../../local/simulated-client-vpn/world.ts';
import type { SimulationRecord } from '../../local/simulation-record.ts';
import { readTextFile } from '../../verification/read-text-file.ts';
import type { SourceOptions } from './options.ts';

/** The source that was asked for, found to be usable as far as that can be told before anything is started. */
export interface ReadySource {
  readonly wanted: WantedSource;
  open(plan: SimulationRecord | undefined): Promise<RecordingSource>;
}

/**
 * Makes the source ready that the options of `serve` name.
 *
 * @throws AwsNotReady, and Error for a saved answer that cannot be read
 */
export async function readySource(options: SourceOptions, env: NodeJS.ProcessEnv): Promise<ReadySource> {
  const { simulate, seed, ec2Port } = options;
  if (simulate === undefined) {
    const aws = await openAws(env);
    return { wanted: { source: 'aws' }, open: async () => aws };
  }
  if (simulate === true) {
    return { wanted: { source: 'company', seed }, open: (plan) => openSimulation(companyOf(plan), ec2Port) };
  }
  const world = parseSavedAnswer(readText(simulate), simulate);
  return { wanted: { source: 'saved-answer' }, open: () => openSimulation(world, ec2Port) };
}

/** The plan of a company always names its seed. */
function companyOf(plan: SimulationRecord | undefined): World {
  if (plan?.source !== 'company') throw new TypeError('a simulated company was asked for, and the plan holds none');
  return simulatedCompany({ seed: plan.seed });
}

function readText(file: string): string {
  try {
    return readTextFile(file, 'saved-answer');
  } catch (error) {
    const reason = toError(error).message;
    throw new Error(`The saved answer ${file} cannot be read: ${reason}`, { cause: error });
  }
}
