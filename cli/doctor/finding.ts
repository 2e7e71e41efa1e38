/** The names of the checks; stable: they are in the JSON report. Those of a deployed trail alone come last. */
export const CHECKS = [
  'endpoints-recorded',
  'snapshot-age',
  'gaps',
  'failures',
  'projection',
  'signatures',
  'public-key',
  'clock',
  'versions',
  'connection-logging',
  'reconciliation',
  'schedule',
  'queues',
  'alarms',
  'alarm-subscribers',
  'point-in-time-recovery',
  'deletion-protection',
  'time-to-live',
  'archive-lock',
] as const;

/** One of {@link CHECKS}. */
export type CheckName = (typeof CHECKS)[number];

/** Something that is not as it should be. All sentences are for people. */
export interface Finding {
  readonly check: CheckName;
  /** `urgent`: connections are, or may be, lost while it lasts. `advice`: nothing is lost by it alone. */
  readonly severity: 'urgent' | 'advice';
  /** What it is about: an endpoint's id, a resource's name. */
  readonly subject: string;
  /** What was seen. */
  readonly what: string;
  /** What follows from it. */
  readonly means: string;
  /** How it is mended. */
  readonly todo: string;
}

/** What could not be checked, and so is not known to be fine. */
export interface NotChecked {
  readonly check: CheckName;
  /** Absent where it is all of the check. */
  readonly subject?: string;
  readonly why: string;
}

/** What a check says of what it looked at. */
export interface Notes {
  found(finding: Omit<Finding, 'check'>): void;
  /** @param subject - a part of the check; absent: all of it */
  notChecked(why: string, subject?: string): void;
}

/** One thing to look at. */
export interface Check {
  readonly name: CheckName;
  /** Actions of IAM that it needs, for what is said where AWS refuses it. */
  readonly needs: string;
  readonly look: (notes: Notes) => Promise<void>;
}

/** What an examination came to. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  /** Checks of which every part was looked at, and nothing was found. */
  readonly fine: readonly CheckName[];
}
