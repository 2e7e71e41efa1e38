/** What the command's end tells a script. */
export const EXIT = {
  /** Done; also where nothing was found. */
  done: 0,
  failed: 1,
  wrongUsage: 2,
  /** A gap was found (`coverage`). */
  gapFound: 3,
  /** A proof failed (`verify`). */
  proofFailed: 3,
  /** The answer touches a gap or what is not yet known: "nobody" over a gap is not "nobody". */
  notComplete: 4,
  /** Ctrl-C, as a shell reports it. */
  interrupted: 130,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
