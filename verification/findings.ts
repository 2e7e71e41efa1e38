/** Stable codes for what is wrong: scripts may rely on them. */
export type FaultKind =
  | 'table-removed'
  | 'manifest-changed'
  | 'manifest-contradicted'
  | 'manifest-removed'
  | 'manifest-added'
  | 'manifest-misplaced'
  | 'tail-cut'
  | 'log-rewritten'
  | 'log-rolled-back'
  | 'log-removed'
  | 'log-unnamed'
  | 'tree-changed'
  | 'chunk-changed'
  | 'chunk-removed'
  | 'chunk-expiry-changed'
  | 'checkpoint-changed'
  | 'checkpoint-removed'
  | 'checkpoint-added'
  | 'checkpoint-of-another-key'
  | 'checkpoint-rolled-back'
  | 'key-changed'
  | 'key-added'
  | 'key-missing'
  | 'object-added'
  | 'object-unreadable'
  | 'attribute-added'
  | 'failure-changed'
  | 'description-changed'
  | 'head-changed'
  | 'head-removed'
  | 'head-added'
  | 'gap-changed'
  | 'gap-removed'
  | 'gap-added'
  | 'watermark-changed'
  | 'watermark-removed'
  | 'connection-changed'
  | 'connection-removed'
  | 'connection-added'
  | 'connection-rolled-back'
  | 'export-changed'
  | 'question-unclear'
  | 'evidence-missing'
  | 'row-changed'
  | 'row-removed'
  | 'row-added';

/** Where it is wrong. */
export type FaultPlace = 'store' | 'archive' | 'export';

/** One fault, and its exact place. */
export interface Fault {
  readonly kind: FaultKind;
  readonly place: FaultPlace;
  readonly endpointId?: string | undefined;
  /** The entry's place in the log, and its slot. */
  readonly entry?: number | undefined;
  readonly slot?: string | undefined;
  readonly connectionId?: string | undefined;
  /** The field or attribute that differs. */
  readonly field?: string | undefined;
  /** A sentence for people. */
  readonly message: string;
}

/** Collects findings. A verification continues after the first fault. */
export interface Findings {
  fault(fault: Fault): void;
  /** A note that is not a fault: expired or not yet archived data. */
  note(text: string): void;
  progress(text: string): void;
}

/** So many entries of a log that are not something yet. */
export const entriesAre = (count: number): string => (count === 1 ? '1 entry is' : `${count} entries are`);

/** So many entries of a log that are signed, and something else not. */
export const signedAre = (count: number): string =>
  count === 1 ? '1 entry is signed and' : `${count} entries are signed and`;

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
    fault: (fault) => void faults.push(fault),
    note: (text) => void notes.push(text),
    progress,
  };
}
