import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const instant = z.iso.datetime();

const recordShape = z.discriminatedUnion('source', [
  z.object({
    source: z.literal('company'),
    seed: z.number(),
    /** Whether it has two accounts, in two Regions. */
    accounts: z.optional(z.literal(true)),
    /** The first start's simulated day: its first slot, its last, and the time between two. */
    fastForward: z.object({ from: instant, to: instant, stepSeconds: z.number().positive() }),
  }),
  /** A saved answer of the AWS CLI. */
  z.object({ source: z.literal('saved-answer') }),
]);

/** What is simulated in a data folder, so that the next start continues with the same: `simulation.json` there. */
export type SimulationRecord = z.output<typeof recordShape>;

/** The simulation of the seeded company. */
export type CompanyRecord = Extract<SimulationRecord, { source: 'company' }>;

const fileIn = (folder: string) => join(folder, 'simulation.json');

/**
 * The record in a data folder; undefined where nothing has been simulated.
 *
 * @throws Error where the file does not hold what this program wrote
 */
export function readSimulation(folder: string): SimulationRecord | undefined {
  let text: string;
  try {
    text = readFileSync(fileIn(folder), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return recordShape.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${fileIn(folder)} is damaged. Name another folder with --data DIR.`, { cause: error });
  }
}

/** Writes the record, whole or not at all. */
export function writeSimulation(folder: string, record: SimulationRecord): void {
  const written = `${fileIn(folder)}.new`;
  writeFileSync(written, `${JSON.stringify(record)}\n`);
  renameSync(written, fileIn(folder));
}
