import type { JudgedQuestion } from './oracle.ts';
import { ALPHA, HOUR, identityAt, instantAt, type World } from './truth.ts';

/** Seconds that are asked about at most, beside those that a world names. */
const MOST_INSTANTS = 7;

/** Everything at its instants, and who was connected then by name and by address; and some windows. */
export function questionsOf(world: World, now: number): JudgedQuestion[] {
  const edges = world.lives.flatMap(({ from, to, identities }) => [
    from + 3,
    to - 3,
    to + 3,
    ...identities.flatMap((identity) => [identity.from - 3, identity.from + 3]),
  ]);
  const all = [...world.instants, ...edges].filter((second) => second <= now && second > -HOUR);
  // Evenly from all of them, not the first.
  const step = Math.max(1, Math.ceil(all.length / MOST_INSTANTS));
  const instants = [
    ...world.instants.filter((second) => second <= now),
    ...all.filter((_, index) => index % step === 0),
  ];
  return [...new Set(instants)].flatMap((second) => {
    const at = { since: second, until: second };
    const there = world.lives.filter(({ from, to }) => from <= second && to >= second).slice(0, 3);
    const asked = there
      .map((life) => identityAt(life, second))
      .filter(({ commonName }) => !commonName.includes('\u0001'));
    return [
      at,
      { ...at, endpoint: ALPHA },
      { since: second, until: Math.min(now, second + HOUR / 2) },
      ...asked.map(({ ip }) => ({ ...at, ip })),
      ...asked.map(({ commonName, username }) => ({ ...at, name: username ?? commonName })),
    ];
  });
}

/** A question as a client writes it. */
export function parametersOf({ since, until, endpoint, name, ip }: JudgedQuestion): string {
  const window = since === until ? `at=${instantAt(since)}` : `since=${instantAt(since)}&until=${instantAt(until)}`;
  const filters = Object.entries({ endpoint, user: name, ip }).flatMap(([key, value]) =>
    value === undefined ? [] : `&${key}=${encodeURIComponent(value)}`,
  );
  return window + filters.join('');
}
