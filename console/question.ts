import type { Instant } from '../lambda/trail/time.ts';
import { toInstant } from '../lambda/trail/time.ts';
import { DEFAULT_ZONE, findZone } from '../lambda/trail/time-zone.ts';

/** Parameters of an address; a list is a parameter given more than once, and what is undefined or empty is left out. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a page was asked for: its address, read. */
export interface ScreenQuestion {
  readonly origin: string;
  readonly path: string;
  /** The parts of the path that the screen names, decoded. */
  readonly names: Readonly<Record<string, string>>;
  readonly search: URLSearchParams;
  /** IANA name of the zone that times are read and shown in. */
  readonly zone: string;
  /** A `tz` that is no zone; times are then in UTC, and the page says so. */
  readonly wrongZone: string | undefined;
  readonly now: Instant;
}

/** Reads the address of a page. */
export function readQuestion(url: string, names: Readonly<Record<string, string>>, now: Date): ScreenQuestion {
  const { origin, pathname, searchParams } = new URL(url);
  const given = searchParams.get('tz')?.trim() || DEFAULT_ZONE;
  const zone = findZone(given);
  return {
    origin,
    path: pathname,
    names,
    search: searchParams,
    zone: zone ?? DEFAULT_ZONE,
    wrongZone: zone === undefined ? given : undefined,
    now: toInstant(now),
  };
}

/** The address of a page that keeps the zone. */
export function linkTo({ zone }: Pick<ScreenQuestion, 'zone'>, path: string, parameters: Parameters = {}): string {
  return addressOf(path, { ...parameters, tz: zone === DEFAULT_ZONE ? undefined : zone });
}

/** The address of this page with other parameters; those that are undefined are taken out. */
export function linkHere(question: ScreenQuestion, changed: Parameters): string {
  return linkTo(question, question.path, { ...parametersOf(question.search), ...changed });
}

/** A path with parameters. */
export function addressOf(path: string, parameters: Parameters): string {
  const search = new URLSearchParams(pairsOf(parameters)).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** Each parameter as often as it is given. */
export function pairsOf(parameters: Parameters): [name: string, value: string][] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).filter((one) => one !== '').map((one): [string, string] => [name, one]),
  );
}

/** The parameters of an address. */
export function parametersOf(search: URLSearchParams): Record<string, readonly string[]> {
  return Object.fromEntries([...new Set(search.keys())].map((name) => [name, search.getAll(name)]));
}
