import type { Presence } from './habits.ts';
import type { Randomness } from './randomness.ts';

/** How long one connection lasted: seconds, from the same zero as the presence it was cut from. */
export type Stretch = Presence;

/** What decides how a presence falls into connections. */
export interface Circumstances {
  /** Seconds after which the endpoint ends a session. */
  readonly timeout: number;
  readonly sleepy: boolean;
  /** Machines neither fumble nor roam. */
  readonly steady: boolean;
}

const MINUTE = 60;

/** How long until something other than the owner or the timeout interrupts the connection. */
function undisturbed({ sleepy, steady }: Circumstances, random: Randomness): number {
  if (sleepy) return random.whole(12 * MINUTE, 75 * MINUTE);
  if (steady || random.chance(0.5)) return Number.POSITIVE_INFINITY;
  return random.whole(60 * MINUTE, 300 * MINUTE);
}

/** How long until the next attempt after such an interruption: another network, lunch, a lid that was closed. */
function away({ sleepy }: Circumstances, random: Randomness): number {
  if (sleepy) return random.whole(2 * MINUTE, 25 * MINUTE);
  return random.chance(0.4) ? random.whole(5, 90) : random.whole(15 * MINUTE, 50 * MINUTE);
}

/** Now and then the first attempt fails after a few seconds: a mistyped code, a hotel's network. */
function failedAttempt(from: number, circumstances: Circumstances, random: Randomness): Stretch[] {
  if (circumstances.steady || !random.chance(0.07)) return [];
  return [{ from, until: from + random.whole(3, 55) }];
}

/**
 * The connections that a presence falls into, one after the other. None is longer than the timeout, after which the
 * client connects anew within seconds.
 */
export function stretchesOf(presence: Presence, circumstances: Circumstances, random: Randomness): readonly Stretch[] {
  const stretches = failedAttempt(presence.from, circumstances, random);
  const failed = stretches[0];
  let from = failed === undefined ? presence.from : failed.until + random.whole(6, 45);
  while (presence.until - from >= MINUTE) {
    const lasts = undisturbed(circumstances, random);
    const until = Math.min(presence.until, from + circumstances.timeout, from + lasts);
    stretches.push({ from, until });
    from = until + (lasts < circumstances.timeout ? away(circumstances, random) : random.whole(1, 4));
  }
  return stretches;
}
