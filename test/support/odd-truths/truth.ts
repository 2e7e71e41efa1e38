/** What the seconds of a world are counted from. They are true time, and AWS's, which nobody in it has for certain. */
export const BEGIN = Date.parse('2026-11-20T08:00:00Z');
/** "Terminated within the last 60 minutes" (EC2 API reference, DescribeClientVpnConnections). */
export const HOUR = 3600;
/** The endpoints of every world. */
export const ALPHA = 'cvpn-endpoint-0aaaaaaaaaaaaaaaa';
export const BETA = 'cvpn-endpoint-0bbbbbbbbbbbbbbbb';

/** What a connection was called, and its address, from a second on. */
export interface Identity {
  readonly from: number;
  readonly commonName: string;
  readonly username?: string;
  readonly ip: string;
}

/** One connection as it really was, and what AWS never says of it. */
export interface Life {
  readonly id: string;
  readonly endpoint: string;
  readonly from: number;
  /** Its true end; until then AWS lists it as live. */
  readonly to: number;
  /** Oldest first; the first from its beginning. */
  readonly identities: readonly Identity[];
  /** From then on AWS calls it `failed-to-terminate`: its address may be another's too. */
  readonly failsAt?: number;
  /** So much later AWS knows anything. */
  readonly lag: number;
  /** AWS tells the beginning; or never; or one so many seconds ahead, until a second at which it is corrected. */
  readonly start: 'told' | 'never' | { readonly ahead: number; readonly until: number };
  readonly end: 'told' | 'never';
}

/** What befalls one recording; lives are named by their place in the world. */
export interface Attempt {
  /** Seconds since the one before: an outage is a long one. */
  readonly after: number;
  readonly aws: 'answers' | 'throttles' | 'refuses';
  readonly pages: number;
  /** What each page takes. */
  readonly seconds: number;
  /** How far the Date headers are ahead of the truth: of all pages, or of the first one only. */
  readonly dateOff: number;
  readonly onlyFirstDateOff?: boolean;
  /** The machine's clock is so many seconds ahead from now on: set before the recording, or while it waits for the first page. */
  readonly machine?: { readonly ahead: number; readonly when: 'before' | 'waiting' };
  /** The slot is so far ahead of the machine's clock. */
  readonly slotAhead: number;
  /** A whole answer without anybody. */
  readonly empty: boolean;
  /** Rows that fell between two pages. */
  readonly hides: readonly number[];
  /** Live ones that this one answer calls terminated, with an end ten seconds ago or without. */
  readonly ends: readonly { readonly life: number; readonly told: boolean }[];
  /** Rows twice: an older one beside it; or one with a later Timestamp and no end. */
  readonly doubles: readonly { readonly life: number; readonly as: 'older' | 'endless' }[];
  /** In the other endpoint's answer too; or with an id of 316 characters instead of its own; or with 600 KB in an element. */
  readonly odd: readonly { readonly life: number; readonly kind: 'foreign' | 'long-id' | 'huge' }[];
  /** AWS corrects the counters of those that have ended. */
  readonly corrects: boolean;
  /** The trail is asked right afterwards. */
  readonly asks: boolean;
}

/** A world as it is planned. */
export interface World {
  readonly lives: readonly Life[];
  readonly attempts: readonly Attempt[];
  /** Seconds that are asked about, beside those at which something happens. */
  readonly instants: readonly number[];
}

/** What one answer of AWS's said of a connection. */
export interface Telling {
  readonly life: Life;
  /** The true second at which the row was made. */
  readonly at: number;
  readonly ended: boolean;
  /** The end that it names. */
  readonly end: number | undefined;
  readonly start: number | undefined;
  readonly identity: Identity;
  /** It was live, and AWS called it terminated. */
  readonly isFalseEnd: boolean;
}

/** One walk over the pages of an endpoint whose snapshot is committed. */
export interface Walk {
  readonly endpoint: string;
  /** The true seconds of the first request and the last answer. */
  readonly sent: number;
  readonly answered: number;
  readonly tellings: readonly Telling[];
  /** Those that AWS should have listed, at the second at which it did not. */
  readonly hidden: readonly { readonly life: Life; readonly at: number }[];
}

export const instantAt = (second: number): string => `${new Date(BEGIN + second * 1000).toISOString().slice(0, 19)}Z`;
export const secondAt = (instant: string): number => (Date.parse(instant) - BEGIN) / 1000;

/** What it was called at a second. */
export function identityAt({ identities }: Life, second: number): Identity {
  const found = identities.findLast(({ from }) => from <= second) ?? identities[0];
  if (!found) throw new TypeError('a life without a name');
  return found;
}
