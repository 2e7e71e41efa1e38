import { InvalidArgumentError } from 'commander';
import type * as z from 'zod/mini';
import { INTERVAL } from '../lambda/settings.ts';
import { readSeconds } from '../lambda/trail/read-time.ts';

/**
 * A reader of an option's text by a schema, for commander, which puts the option and what was given before the message.
 *
 * @param expected - the end of the sentence "Expected …"
 */
export function readBy<T>(schema: z.ZodMiniType<T, string>, expected: string): (text: string) => T {
  return (text) => {
    const { success, data } = schema.safeParse(text);
    if (!success) throw new InvalidArgumentError(`Expected ${expected}.`);
    return data;
  };
}

/** Reads a number from `least` to `most`. */
export function readNumber(least: number, most: number, kind: 'number' | 'whole number'): (text: string) => number {
  return (text) => {
    const pattern = kind === 'number' ? /^\d+(\.\d+)?$/ : /^\d+$/;
    const value = pattern.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a ${kind} from ${least} to ${most}.`);
  };
}

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = { s: 1000, m: 60_000 };

/** Reads the interval between two recordings, like `30s` or `5m`, in milliseconds: from a second to what a deployment takes. */
export function readInterval(text: string): number {
  const match = /^(\d+)([sm])$/.exec(text);
  const milliseconds = Number(match?.[1]) * (UNIT_MILLISECONDS[match?.[2] ?? ''] ?? Number.NaN);
  if (milliseconds > 0 && milliseconds <= INTERVAL.most * 60_000) return milliseconds;
  throw new InvalidArgumentError(`Expected a duration from 1s to ${INTERVAL.most}m, like 30s or 5m.`);
}

/** Reads how long something takes, in seconds. */
export function readDuration(text: string): number {
  const seconds = readSeconds(text) ?? 0;
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw new InvalidArgumentError('Expected a duration like 90s, 5m, 24h, 90d or 2w, of a hundred years at most.');
}

const MOST_SECONDS = 100 * 366 * 86_400;
