import { slotAt } from './recording-schedule.ts';
import type { CompanyRecord, SimulationRecord } from './simulation-record.ts';

/** The requested source of a start of `serve`. */
export type WantedSource =
  | { readonly source: 'aws' }
  | { readonly source: 'saved-answer' }
  | { readonly source: 'company'; readonly seed?: number | undefined; readonly accounts?: true | undefined };

/** The facts for planning a start. */
export interface Known {
  /** Where the trail is, for the messages. */
  readonly location: string;
  /** What was simulated in the folder before. */
  readonly saved: SimulationRecord | undefined;
  /** Whether the trail holds nothing yet. */
  readonly trailIsEmpty: boolean;
  readonly now: Date;
  /** Milliseconds between two recordings. */
  readonly every: number;
}

/** The requested source does not match the trail: simulated and real connections are never mixed. */
class SourceConflict extends Error {
  override readonly name = 'SourceConflict';

  constructor(location: string, holds: string, asked: string) {
    super(
      `The trail in ${location} holds ${holds}, and ${asked}. Record into another place: --data DIR, or other tables.`,
    );
  }
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** The default company of a first start. */
const FIRST_SEED = 1;
/** The minimum interval for recording a simulated day, so that a short interval does not make it take hours. */
const SHORTEST_STEP_MILLISECONDS = 5 * 60 * 1000;

/**
 * Decides whether a trail may continue with the requested source.
 *
 * @returns what to simulate from now on; undefined for AWS itself
 * @throws SourceConflict
 */
export function planSimulation(wanted: WantedSource, known: Known): SimulationRecord | undefined {
  if (!known.trailIsEmpty) refuseMixing(wanted, known);
  if (wanted.source !== 'company') return wanted.source === 'aws' ? undefined : { source: wanted.source };
  const saved = known.saved?.source === 'company' ? known.saved : undefined;
  if (saved !== undefined && !known.trailIsEmpty) return saved;
  const accounts = wanted.accounts ?? (wanted.seed === undefined ? saved?.accounts : undefined);
  return firstDay({ seed: wanted.seed ?? saved?.seed ?? FIRST_SEED, ...(accounts ? { accounts } : {}) }, known);
}

/** The slots of the day before now, to be recorded in order. */
function firstDay(company: Pick<CompanyRecord, 'seed' | 'accounts'>, { now, every }: Known): CompanyRecord {
  const step = every * Math.ceil(SHORTEST_STEP_MILLISECONDS / every);
  const from = slotAt(new Date(now.getTime() - DAY_MILLISECONDS), step).toISOString();
  const fastForward = { from, to: slotAt(now, step).toISOString(), stepSeconds: step / 1000 };
  return { source: 'company', ...company, fastForward };
}

/**
 * Rejects a source other than the trail's.
 *
 * @throws SourceConflict
 */
export function refuseMixing(wanted: WantedSource, { location, saved }: Pick<Known, 'location' | 'saved'>): void {
  const source = saved?.source ?? 'aws';
  if (wanted.source !== source)
    throw new SourceConflict(location, DESCRIPTIONS[source], `this asks for ${DESCRIPTIONS[wanted.source]}`);
  if (wanted.source !== 'company' || saved?.source !== 'company') return;
  const { seed = saved.seed, accounts = saved.accounts } = wanted;
  if (seed !== saved.seed || accounts !== saved.accounts) {
    const [holds, asked] = [saved, { seed, accounts }].map(optionsOf);
    throw new SourceConflict(location, `the simulated company of ${holds}`, `this asks for ${asked}`);
  }
}

/** The options that choose a simulated company. */
function optionsOf({ seed, accounts }: { readonly seed: number; readonly accounts?: true | undefined }): string {
  return `--seed ${seed}${accounts ? ' --accounts' : ''}`;
}

const DESCRIPTIONS = {
  aws: 'connections recorded from AWS',
  company: 'the simulated company',
  'saved-answer': 'a saved answer of the AWS CLI',
} as const;
