import type { Ask } from '../lambda/query/schemas/ask-trail.ts';
import type { Instant } from '../lambda/trail/time.ts';

/** A command of this product that is run for a page, as its own process: what it says is what the command says. */
export interface Job {
  /**
   * Starts it, with options of its command.
   *
   * @returns false while one is under way: there is one at a time
   */
  readonly start: (words: readonly string[]) => boolean;
  /** The one that was started last. */
  readonly state: () => JobState | undefined;
}

/** How far a job has come. */
export interface JobState {
  readonly startedAt: Instant;
  /** Its last words on how far it is. */
  readonly progress: string;
  /** Absent while it is under way. */
  readonly ended?: {
    readonly at: Instant;
    /** The exit code; undefined where it was ended by a signal. */
    readonly code: number | undefined;
    /** What was asked for. */
    readonly out: string;
    /** What was said beside it. */
    readonly said: string;
  };
}

/** A job that makes files. */
export interface FileJob extends Omit<Job, 'start'> {
  /** @param name the file to make, without a folder */
  readonly start: (words: readonly string[], name: string) => boolean;
  /** What the last one made, once it has ended. */
  readonly files: () => readonly { readonly name: string; readonly bytes: number }[];
  /** The content of one of them; undefined where there is none of the name. */
  readonly open: (name: string) => ReadableStream<Uint8Array> | undefined;
}

/** What the console as a whole works with. */
export interface ConsolePorts {
  /** `local`: the trail of a `serve` on this machine; `deployed`: another one, through the caller's own credentials. */
  readonly kind: 'local' | 'deployed';
  /** The trail's own time, from which ages and times like `7d` count. */
  readonly now: () => Date;
  /** What the commands that a page prints need to find the same trail, like `['--stack', 'audit']`. */
  readonly commandOptions: (origin: string) => readonly string[];
  /** Where AWS's own command finds the same trail; a token is not in it, as pages are shown and printed. */
  readonly awsEndpoint: (origin: string) => { readonly url: string; readonly region: string };
  /** Proves the trail; absent where a page can only print the command. */
  readonly verification?: Job | undefined;
  /** Makes signed exports; absent where a page can only print the command. */
  readonly exports?: FileJob | undefined;
  /** Gets the inside of a failure, which a page does not show. */
  readonly onError: (error: unknown) => void;
}

/** What a screen works with, for one request. */
export interface ScreenPorts extends ConsolePorts {
  /** The trail's own HTTP API, asked as the reader of the page; each question is in the accesses. */
  readonly ask: Ask;
}
