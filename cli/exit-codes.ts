/** Exit codes for scripts. */
export const EXIT = {
  /** Done; also if nothing was found. */
  done: 0,
  failed: 1,
  wrongUsage: 2,
  /** A gap was found (`coverage`). */
  gapFound: 3,
  /** A proof failed (`verify`). */
  proofFailed: 3,
  /** Something is not as it should be (`doctor`). */
  findingMade: 3,
  /** The window touches a gap or time that is not recorded yet: "nobody" over a gap does not mean nobody. */
  notComplete: 4,
  /** Ctrl-C, as a shell reports it. */
  interrupted: 130,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
