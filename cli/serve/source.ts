import { toError } from '../../lambda/trail/to-error.ts';
import type { WantedSource } from '../../local/plan-simulation.ts';
import { openAws, openSimulation, openTwoAccounts, type RecordingSource } from '../../local/recording-source.ts';
import { simulatedCompany } from '../../local/simulated-client-vpn/company.ts';
import { parseSavedAnswer } from '../../local/simulated-client-vpn/saved-answer.ts';
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
  const { simulate, seed, accounts, ec2Port } = options;
  if (simulate === undefined) {
    const aws = await openAws(env);
    return { wanted: { source: 'aws' }, open: async () => aws };
  }
  if (simulate === true) {
    return { wanted: { source: 'company', seed, accounts }, open: (plan) => openCompany(plan, ec2Port) };
  }
  const world = parseSavedAnswer(readText(simulate), simulate);
  return { wanted: { source: 'saved-answer' }, open: () => openSimulation(world, ec2Port) };
}

/** The plan of a company always names its seed. */
function openCompany(plan: SimulationRecord | undefined, ec2Port: number): Promise<RecordingSource> {
  if (plan?.source !== 'company') throw new TypeError('a simulated company was asked for, and the plan holds none');
  const world = simulatedCompany(plan);
  return plan.accounts ? openTwoAccounts(world, ec2Port) : openSimulation(world, ec2Port);
}

function readText(file: string): string {
  try {
    return readTextFile(file, 'saved-answer');
  } catch (error) {
    const reason = toError(error).message;
    throw new Error(`The saved answer ${file} cannot be read: ${reason}`, { cause: error });
  }
}
