import type { Fault, Findings } from './fault.ts';

/** Findings that are kept. */
export interface CollectedFindings extends Findings {
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

/** Keeps all that a verification finds. */
export function collectFindings(progress: (text: string) => void): CollectedFindings {
  const [faults, notes]: [Fault[], string[]] = [[], []];
  return {
    faults,
    notes,
    fault: (fault) => {
      faults.push(fault);
    },
    note: (text) => {
      notes.push(text);
    },
    progress,
  };
}
