/** What decides a rule: how it is given, and what it is unless it is given. */
interface Threshold {
  readonly kind: 'seconds' | 'count' | 'factor' | 'bytes';
  readonly byDefault: number;
  /** The end of "so many …", for help. */
  readonly says: string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** The unit in which a threshold of bytes is given. */
export const MEBIBYTE = 1024 ** 2;

/** The window unless another is asked for: the last so many days. */
export const USUAL_DAYS = 7;

/** The thresholds of all rules; each is an option of the command by its name. */
export const THRESHOLDS = {
  history: {
    kind: 'seconds',
    byDefault: 90 * DAY,
    says: "how far before the window an identity's own past is looked at",
  },
  leastPast: { kind: 'count', byDefault: 10, says: 'connections of its past, below which nothing is called unusual' },
  overlap: {
    kind: 'seconds',
    byDefault: 5 * MINUTE,
    says: 'two connections at once for less than this are a reconnect',
  },
  hoursApart: { kind: 'count', byDefault: 1, says: 'hours of the day that a start may be away from those of its past' },
  volumeFactor: {
    kind: 'factor',
    byDefault: 5,
    says: 'times the most of its past that a connection may send or receive',
  },
  volumeLeast: { kind: 'bytes', byDefault: 100 * MEBIBYTE, says: 'bytes below which no volume is unusual' },
  longerThan: { kind: 'seconds', byDefault: DAY, says: 'a session that lasts longer is very long' },
  shorterThan: { kind: 'seconds', byDefault: MINUTE, says: 'a connection that lasts less is short' },
  shortCount: { kind: 'count', byDefault: 10, says: 'so many short connections of one identity are many' },
  shortWithin: { kind: 'seconds', byDefault: HOUR, says: 'if they begin within this time' },
  changedWithin: {
    kind: 'seconds',
    byDefault: MINUTE,
    says: 'time in which an address goes from one identity to another',
  },
} as const satisfies Readonly<Record<string, Threshold>>;

export type ThresholdName = keyof typeof THRESHOLDS;
export type Thresholds = Readonly<Record<ThresholdName, number>>;

export const DEFAULT_THRESHOLDS = Object.fromEntries(
  Object.entries(THRESHOLDS).map(([name, { byDefault }]) => [name, byDefault]),
) as Thresholds;
