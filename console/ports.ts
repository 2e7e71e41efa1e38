import type { Ask } from '../lambda/query/schemas/ask-trail.ts';

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
  /** Gets the inside of a failure, which a page does not show. */
  readonly onError: (error: unknown) => void;
}

/** What a screen works with, for one request. */
export interface ScreenPorts extends ConsolePorts {
  /** The trail's own HTTP API, asked as the reader of the page; each question is in the accesses. */
  readonly ask: Ask;
}
